import { isIPv4 } from 'node:net'
import { parseAddressRange, type AddressRange } from '../../address-range.ts'
import { addressKey, parseAddress } from '../../addresses.ts'

/** What a line of a list says: a range, or something that is not understood, and why. */
export type ListLine = { range: Pick<AddressRange, 'low' | 'high'> } | { wrong: string }

/** Networks wider than these are on no list of single services: what looks like one is the rest of a line cut short. */
const widest = { v4: 8, v6: 16 } as const
/** The lines of Tor's exit list (TorDNSEL) that hold no address, and those that do. */
const torFacts = /^(ExitNode|Published|LastStatus) /
const torExit = /^ExitAddress (\S+)/
/** The first column, in quotes or not: one word, or two with a dash between. */
const column = /^"?\s*([^\s",;|#-]+)(?:\s*-\s*([^\s",;|#-]+))?/

export const isComment = (line: string): boolean => /^\s*(#|;|\/\/|$)/.test(line)

/**
 * Reads a line, or null where it says nothing: a comment (`#`, `;`, `//`), a heading. It holds an address, a network (`/`)
 * or a range (`-`), alone or as the first column of CSV. Apple's list of its relay and Tor's lists of its exits are such.
 * @param mayHead whether a heading of columns may stand here: in the first line that is no comment
 */
export function readListLine(line: string, mayHead: boolean): ListLine | null {
  const text = line.trim()
  if (isComment(text) || torFacts.test(text)) return null
  const [, from = '', to] = column.exec(torExit.exec(text)?.[1] ?? text) ?? []
  const read = to === undefined ? network(from) : ends(from, to)
  const isHeading = mayHead && 'wrong' in read && /^"?[a-z_ ]+("|$|[,;\t])/i.test(text)
  return isHeading ? null : read
}

function network(text: string): ListLine {
  const range = parseAddressRange(text)
  if (range === null) return { wrong: 'no address, network or range' }
  const [address = '', bits] = range.text.split('/')
  const least = widest[isIPv4(address) ? 'v4' : 'v6']
  return Number(bits) < least ? { wrong: `a network wider than /${least}: is the line cut short?` } : { range }
}

function ends(from: string, to: string): ListLine {
  const [first, last] = [parseAddress(from), parseAddress(to)]
  if (first === null || last === null) return { wrong: 'no address, network or range' }
  if (isIPv4(first) !== isIPv4(last)) return { wrong: 'a range from one family of addresses to the other' }
  const range = { low: addressKey(first), high: addressKey(last) }
  return Buffer.compare(range.low, range.high) > 0 ? { wrong: 'a range that ends before it begins' } : { range }
}
