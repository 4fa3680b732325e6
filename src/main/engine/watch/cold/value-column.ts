import type { FieldValue } from '../rules/fields.ts'
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { readText, textKinds, writeText } from './text-code.ts'

/** Values of a column that have a byte of their own: the first ones that came. */
const known = 192
const none = 192
const yes = 193
const no = 194
const integer = 195
/** A number with at most four decimals, as coordinates mostly are. */
const decimal = 196
const double = 197
/** The value that was written before. */
const again = 198
const text = 199
const decimals = 10_000
/** Longer texts are written out: a column remembers little. */
const longestKnown = 256
const largest = 2 ** 48

// One byte begins each value.
if (text + textKinds > 256) throw new RangeError('the kinds of values do not fit into a byte')

/**
 * Values of one field, several in a row. Devices, countries and places are few and come again and again: the first 192 of a
 * column are written as one byte. They are never forgotten, because what is packed refers to them.
 */
export class ValueColumn {
  readonly #codes = new Map<string | number, number>()
  readonly #values: (string | number)[] = []

  /** @param before the value that was written before it in a row; null for the first */
  write(to: ByteWriter, value: FieldValue, before: FieldValue): void {
    if (value === null) to.byte(none)
    else if (typeof value === 'boolean') to.byte(value ? yes : no)
    // A map takes it for 0.
    else if (Object.is(value, -0)) writeNumber(to, -0)
    else this.#write(to, value, before)
  }

  read(from: ByteReader, before: FieldValue): FieldValue {
    const kind = from.byte()
    if (kind < known) return this.#values[kind] ?? null
    if (kind >= text) return readText(from, kind - text)
    if (kind === none) return null
    if (kind === again) return before
    if (kind === yes || kind === no) return kind === yes
    if (kind === double) return from.double()
    return kind === integer ? from.integer() : from.integer() / decimals
  }

  #write(to: ByteWriter, value: string | number, before: FieldValue): void {
    const code = this.#codes.get(value)
    if (code !== undefined) return to.byte(code)
    if (Object.is(value, before)) return to.byte(again)
    if (this.#values.length < known && !(typeof value === 'string' && value.length > longestKnown)) {
      to.byte(this.#values.length)
      this.#codes.set(value, this.#values.length)
      this.#values.push(value)
    } else if (typeof value === 'string') {
      writeText(to, value, text)
    } else {
      writeNumber(to, value)
    }
  }
}

function writeNumber(to: ByteWriter, value: number): void {
  const scaled = Math.round(value * decimals)
  if (Number.isInteger(value) && Math.abs(value) < largest && !Object.is(value, -0)) {
    to.byte(integer)
    to.integer(value)
  } else if (scaled !== 0 && Math.abs(scaled) < largest && Object.is(scaled / decimals, value)) {
    to.byte(decimal)
    to.integer(scaled)
  } else {
    to.byte(double)
    to.double(value)
  }
}
