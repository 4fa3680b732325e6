import type { AuditEvent } from '../../../../shared/model/event.ts'
import type { FieldValue, ReadField } from './field.ts'
import { RuleError, type FieldPath } from './rule-error.ts'

/** Finds how one input of a rule reads a field, or throws a RuleError that says there is none. */
export type ReaderFor = (name: string, path: FieldPath) => ReadField

/** The fields that the entries of a rule remember, each once: measures and summaries ask for its position. */
export class FactTable {
  readonly #names: string[] = []
  readonly #inputs: readonly ReaderFor[]
  readonly #readers: ReadField[][]

  /** @param inputs how each input of the rule reads a field: with aliases the same name is another field of each */
  constructor(inputs: readonly ReaderFor[]) {
    this.#inputs = inputs
    this.#readers = inputs.map(() => [])
  }

  position(name: string, path: FieldPath): number {
    const known = this.#names.indexOf(name)
    if (known >= 0) return known
    const readers = this.#inputs.map((readerFor) => readerFor(name, path))
    for (const [input, reader] of readers.entries()) this.#readers[input]?.push(reader)
    return this.#names.push(name) - 1
  }

  /** The readers of an input, by position. */
  of(input: number): readonly ReadField[] {
    return this.#readers[input] ?? []
  }
}

/** Reads some fields of an event at once. Every event that a rule takes is read so, and most rules remember a few. */
export function readTogether(readers: readonly ReadField[]): (event: AuditEvent) => readonly FieldValue[] {
  const [a, b, c, d, ...others] = readers
  if (a === undefined) return () => nothing
  if (b === undefined) return (event) => [a(event)]
  if (c === undefined) return (event) => [a(event), b(event)]
  if (d === undefined) return (event) => [a(event), b(event), c(event)]
  if (others.length === 0) return (event) => [a(event), b(event), c(event), d(event)]
  return (event) => readers.map((read) => read(event))
}

const nothing: readonly [] = []

export const noField = (name: string, known: string, path: FieldPath): RuleError =>
  new RuleError(path, `there is no field "${name}": the fields are ${known}`)
