import { hash } from 'node:crypto'
import type { HashFields, RawValue } from './profiles/types.ts'

/** 128 bits: whoever writes values cannot find two of one digest, and so hide a change. */
export const digestBytes = 16

/**
 * Tells whether a value changed, without reading it. `expires`, whether the key has a time to live, is part of it: with
 * one, the row's expiry is the key's, else what the value says.
 */
export function digestOf(value: RawValue, expires: boolean): Buffer {
  const bytes = value.type === 'string' ? value.bytes : canonical(value.fields)
  const digest = hash('sha256', bytes, 'buffer').subarray(0, digestBytes)
  digest.writeUInt8((digest.readUInt8(0) & 0xfe) | (expires ? 1 : 0), 0)
  return digest
}

/** Redis lists the fields of a larger hash in an order that changes as it grows. */
function canonical(fields: HashFields): Buffer {
  const sorted = fields.toSorted(([a], [b]) => Buffer.compare(a, b))
  const parts: Buffer[] = []
  for (const [name, value] of sorted) {
    const lengths = Buffer.allocUnsafe(8)
    lengths.writeUInt32LE(name.length, 0)
    lengths.writeUInt32LE(value.length, 4)
    parts.push(lengths, name, value)
  }
  return Buffer.concat(parts)
}
