import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { BacktestProof } from '../model/backtest.ts'
import { ExportId } from '../model/ids.ts'
import { maxQueryLength } from '../model/page.ts'
import { base } from './base.ts'

export const ExportSpec = z.object({
  source: z.enum(['events', 'sessions']),
  query: z.string().max(maxQueryLength).default(''),
  format: z.enum(['csv', 'jsonl']),
})
export type ExportSpec = z.infer<typeof ExportSpec>

export const ExportFile = z.object({
  exportId: ExportId,
  name: z.string(),
  rows: z.number(),
  bytes: z.number(),
  /** SHA-256 of the file, 64 hex digits. */
  sha256: z.string(),
})
export type ExportFile = z.infer<typeof ExportFile>

export const reports = {
  export: base
    .route({
      summary:
        "Writes an export into the engine's own folder and reports progress; the host then puts the file where the user chose.",
      description: 'The last message carries `file`. Leaving the stream early cancels and deletes.',
    })
    .input(ExportSpec)
    .output(eventIterator(z.object({ rows: z.number(), file: ExportFile.nullable() }))),
  proof: base
    .route({ summary: 'Writes the proof of a back-test as a file, which the host puts where the user chose.' })
    .input(BacktestProof)
    .output(ExportFile),
}
