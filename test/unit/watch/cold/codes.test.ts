import { expect, test } from 'vitest'
import { ByteReader } from '../../../../src/main/engine/watch/cold/byte-reader.ts'
import { ByteWriter } from '../../../../src/main/engine/watch/cold/byte-writer.ts'
import { readText, writeText } from '../../../../src/main/engine/watch/cold/text-code.ts'
import { ValueColumn } from '../../../../src/main/engine/watch/cold/value-column.ts'
import type { FieldValue } from '../../../../src/main/engine/watch/rules/fields.ts'
import { seeded } from '../support.ts'

const uuid = '0190b5a4-6b1e-7cc3-98c4-dc0c0c07398f'
const digest = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
const texts = [
  '',
  'a',
  'user-123456',
  'x'.repeat(42),
  'x'.repeat(43),
  'y'.repeat(1_000),
  'Zoë',
  'Łódź',
  '\ud800 alone',
  '\0',
  uuid,
  uuid.toUpperCase(),
  `${uuid}0`,
  uuid.replaceAll('-', '_'),
  `0${uuid.slice(1)}`,
  uuid.replace('a', 'g'),
  digest,
  digest.toUpperCase(),
  digest.slice(1),
  'deadbeef',
  'deadbee',
  'abcdefgh',
  '203.0.113.7',
  '0.0.0.0',
  '255.255.255.255',
  '256.0.0.1',
  '01.2.3.4',
  '1.2.3',
  '1.2.3.4.5',
  '1..2.3',
  '1.2.3.4.',
  '1.2.3.00',
  '::1',
  '2001:db8::1',
  '::ffff:1.2.3.4',
  '123.45.67',
]
const numbers = [
  0,
  -0,
  1,
  -1,
  127,
  128,
  2 ** 31,
  -(2 ** 31),
  2 ** 47,
  2 ** 48,
  2 ** 53,
  -(2 ** 53),
  1e300,
  NaN,
  Infinity,
  52.52,
  13.405,
  -33.8688,
  151.2093,
  0.1 + 0.2,
  1e-7,
  1234.56789,
  Number.MAX_SAFE_INTEGER,
  -Infinity,
]

test('every text comes back unit by unit, and no two are written alike', () => {
  const writer = new ByteWriter()
  const seen = new Set<string>()
  for (const text of texts) {
    writeText(writer.clear(), text)
    const written = Buffer.from(writer.bytes)
    seen.add(written.toString('hex'))
    const reader = new ByteReader().over(written, 0)
    expect(readText(reader)).toBe(text)
    expect(reader.at).toBe(written.length)
  }
  expect(seen.size).toBe(new Set(texts).size)
})

test('a UUID takes 17 bytes, a digest 34, an address 5', () => {
  const lengthOf = (text: string) => {
    const writer = new ByteWriter()
    writeText(writer, text)
    return writer.length
  }
  expect([uuid, digest, '203.0.113.7', 'user-123456'].map(lengthOf)).toEqual([17, 34, 5, 12])
})

test('every value comes back as it was, whatever a column knows', () => {
  const random = seeded(7)
  const column = new ValueColumn()
  const values: FieldValue[] = [...texts, ...numbers, true, false, null]
  const many = Array.from({ length: 5_000 }, (_, index): FieldValue => {
    const any = values[Math.floor(random() * values.length)] ?? null
    return index < 500 ? any : typeof any === 'number' ? any + index / 10_000 : `${String(any)}${index}`
  })
  const writer = new ByteWriter()
  let before: FieldValue = null
  for (const value of [...many, ...values]) {
    column.write(writer, value, before)
    column.write(writer, value, value)
    before = value
  }
  const reader = new ByteReader().over(Buffer.from(writer.bytes), 0)
  before = null
  for (const value of [...many, ...values]) {
    const read = [column.read(reader, before), column.read(reader, value)]
    if (!read.every((one) => Object.is(one, value))) expect(read).toEqual([value, value])
    before = value
  }
  expect(reader.at).toBe(writer.length)
})
