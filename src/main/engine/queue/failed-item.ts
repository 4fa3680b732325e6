import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { cleanText, maxTextLength } from '../clean.ts'
import { parseOrNull } from './json.ts'
import type { ItemOrigin } from './origin.ts'

/** As originsOf and parseBatchId have them: anything else is not of our making, and goes to the trail of acts. */
const printable = z.string().regex(/^[!-~]{1,600}$/)

/** An entry of audit:failed as it lies in Redis. `raw` is the item as it was pushed, byte by byte. */
const Stored = z.object({
  failed_id: printable,
  failed_at: z.iso.datetime(),
  reason: z.string(),
  batch_id: printable,
  raw: z.string(),
  /** Set where the item is not UTF-8 and `raw` therefore its base64. */
  encoding: z.literal('base64').optional(),
})

/** A dead letter as it is read back. */
export interface FailedRecord {
  failedId: string
  failedAt: Date
  reason: string
  batchId: string
  raw: Buffer
}

export function encodeFailed(
  batchId: string,
  { identity }: ItemOrigin,
  bytes: Buffer,
  reason: string,
  failedAt: Date,
): string {
  const text = isUtf8(bytes)
  const stored: z.infer<typeof Stored> = {
    failed_id: identity,
    failed_at: failedAt.toISOString(),
    reason,
    batch_id: batchId,
    raw: bytes.toString(text ? 'utf8' : 'base64'),
    ...(text ? {} : { encoding: 'base64' as const }),
  }
  return JSON.stringify(stored)
}

/** Reads an entry. What another program left in the list is a dead letter too, known by its digest. */
export function decodeFailed(bytes: Buffer): FailedRecord {
  const stored = Stored.safeParse(parseOrNull(bytes.toString('utf8')))
  if (!stored.success) {
    return {
      failedId: `foreign:${createHash('sha256').update(bytes).digest('hex')}`,
      failedAt: new Date(0),
      reason: 'put here by another program, which gave no reason that Gatehouse can read',
      batchId: '',
      raw: bytes,
    }
  }
  const { failed_id, failed_at, reason, batch_id, raw, encoding } = stored.data
  return {
    failedId: failed_id,
    failedAt: new Date(failed_at),
    reason: cleanText(reason, 'reason', maxTextLength, []),
    batchId: batch_id,
    raw: Buffer.from(raw, encoding ?? 'utf8'),
  }
}
