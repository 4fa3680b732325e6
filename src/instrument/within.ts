import { GatehouseError } from '../shared/errors.ts'

/**
 * The answer, if it comes in time.
 * @throws GatehouseError REDIS_UNAVAILABLE after `timeoutMs`; what becomes of the command is then unknown
 */
export async function within<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const give = (): void =>
      reject(new GatehouseError('REDIS_UNAVAILABLE', `Redis did not answer within ${timeoutMs} ms.`, { timeoutMs }))
    // An answer may have come while the application kept the thread busy: it is read before setImmediate's turn.
    timer = setTimeout(() => setImmediate(give), timeoutMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
