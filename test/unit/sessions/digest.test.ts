import { describe, expect, test } from 'vitest'
import { digestFrom, digestOf, digestToHex } from '../../../src/main/engine/sessions/digest.ts'
import type { RawValue } from '../../../src/main/engine/sessions/profiles/types.ts'

const text = (value: string): RawValue => ({ type: 'string', bytes: Buffer.from(value) })
const hash = (...fields: [string, string][]): RawValue => ({
  type: 'hash',
  fields: fields.map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const),
})
const hex = (value: RawValue, expires = true) => digestToHex(digestOf(value, expires))

describe('digestOf', () => {
  test('is 16 bytes, the same for the same value', () => {
    expect(hex(text('{}'))).toMatch(/^[0-9a-f]{32}$/)
    expect(hex(text('{}'))).toBe(hex(text('{}')))
    expect(hex(text('{}'))).not.toBe(hex(text('{ }')))
  })

  test('comes back from its bytes as it was', () => {
    const digest = digestOf(text('{}'), true)
    expect(digestFrom(Buffer.from(hex(text('{}')), 'hex'))).toBe(digest)
  })

  test('tells a key that expires from one that does not', () => {
    expect(hex(text('{}'), true)).not.toBe(hex(text('{}'), false))
  })

  test('does not depend on the order of fields', () => {
    expect(hex(hash(['a', '1'], ['b', '2']))).toBe(hex(hash(['b', '2'], ['a', '1'])))
  })

  test('tells where a field ends', () => {
    expect(hex(hash(['a', '1b'], ['c', '2']))).not.toBe(hex(hash(['a', '1'], ['bc', '2'])))
    expect(hex(hash(['ab', 'c']))).not.toBe(hex(hash(['a', 'bc'])))
  })
})
