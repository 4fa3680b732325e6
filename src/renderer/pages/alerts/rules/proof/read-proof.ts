import { BacktestProof } from '../../../../../shared/model/backtest.ts'

/** What one call of the engine may carry, with room for the rest of it (`shared/limits.ts`). */
const maxBytes = 900_000

/** The proof that a file holds, or why it holds none, in a sentence. */
export async function readProof(file: File): Promise<BacktestProof | string> {
  if (file.size > maxBytes) return `${file.name} is larger than a proof can be. gatehouse backtest --verify takes it.`
  try {
    const read = BacktestProof.safeParse(JSON.parse(await file.text()))
    if (read.success) return read.data
    const [issue] = read.error.issues
    return `${file.name} is no proof of a back-test: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`
  } catch {
    // Not JSON, or no text at all: what the parser says of it helps nobody.
    return `${file.name} is no proof of a back-test: it holds no JSON.`
  }
}
