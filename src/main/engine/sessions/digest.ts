import { hash } from 'node:crypto'
import type { HashFields, RawValue } from './profiles/types.ts'

/** 128 bits: whoever writes values cannot find two of one digest, and so hide a change. */
const digestBytes = 16

/** 16 bytes as a text of latin1, a character each: a Buffer would take more than twice as long to make. */
export type Digest = string & { readonly [digestBrand]: true }
declare const digestBrand: unique symbol

const sha256 = (data: Buffer | string): string => hash('sha256', data, 'binary').slice(0, digestBytes)

export const digestFrom = (bytes: Buffer): Digest => bytes.toString('latin1') as Digest
const written = Buffer.alloc(digestBytes)

export function digestToHex(digest: Digest): string {
  written.write(digest, 'latin1')
  return written.toString('hex')
}

/**
 * Tells whether a value changed, without reading it. `expires`, whether the key has a time to live, is part of it: with
 * one, the row's expiry is the key's, else what the value says.
 */
export function digestOf(value: RawValue, expires: boolean): Digest {
  const digest = sha256(value.type === 'string' ? value.bytes : canonical(value.fields))
  const first = digest.charCodeAt(0)
  if ((first & 1) === (expires ? 1 : 0)) return digest as Digest
  return (String.fromCharCode(first ^ 1) + digest.slice(1)) as Digest
}

/** Stands for a value that is not read. */
export const digestOfType = (name: string): Digest => sha256(name) as Digest

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
