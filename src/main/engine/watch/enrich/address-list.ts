import { setImmediate as nextTurn } from 'node:timers/promises'
import { AddressSet } from './address-set.ts'
import { isComment, readListLine, type ListLine } from './list-line.ts'

/** Lines read at a stretch: some milliseconds. */
const linesATurn = 500
const maxExamples = 5
const maxExampleLength = 60

export interface BadLine {
  /** From 1. */
  line: number
  text: string
  reason: string
}

/** A list of addresses as a file held it. */
export interface AddressList {
  addresses: AddressSet
  /** Lines that named an address or a range. */
  entries: number
  badLines: number
  /** The first of them. */
  examples: readonly BadLine[]
}

/** Reads a list: what is not understood is counted and named, the rest is used. */
export async function readAddressList(text: string): Promise<AddressList> {
  const ranges: Extract<ListLine, { range: unknown }>['range'][] = []
  const examples: BadLine[] = []
  let badLines = 0
  let mayHead = true
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  for (const [index, line] of lines.entries()) {
    if (index % linesATurn === linesATurn - 1) await nextTurn()
    const said = readListLine(line, mayHead)
    mayHead &&= isComment(line)
    if (said === null) continue
    if ('range' in said) {
      ranges.push(said.range)
    } else {
      badLines++
      // A copy: a part of the text would keep all of it in memory.
      const shown = Buffer.from(line.trim().slice(0, maxExampleLength)).toString()
      if (examples.length < maxExamples) examples.push({ line: index + 1, text: shown, reason: said.wrong })
    }
  }
  return { addresses: new AddressSet(ranges), entries: ranges.length, badLines, examples }
}
