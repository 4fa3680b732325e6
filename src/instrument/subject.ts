import { createHash } from 'node:crypto'

/** Who is typed in by strangers: a form may hold an object where a text was expected. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

/**
 * What stands for a subject in a key: short, whatever somebody typed, and no reader of Redis sees it. 128 bits of its
 * SHA-256 keep two subjects apart.
 */
export const digestOf = (subject: string): string =>
  createHash('sha256').update(textOf(subject)).digest('base64url').slice(0, 22)

/**
 * The subject that an address counts as. Who has one IPv6 address has 2^64 of them: what precedes is counted (RFC 6177
 * gives a site at least a /64). IPv4 in IPv6 form (`::ffff:192.0.2.1`) is the IPv4 address.
 */
export function addressSubject(given: string): string {
  const address = textOf(given)
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!address.includes(':')) return address
  const [before = '', after] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const front = groupsOf(before)
  const back = groupsOf(after ?? '')
  const zeros = after === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array.from({ length: zeros }, () => '0'), ...back]
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${network.join(':')}::/64`
}

/** Names that differ only in case, width or blanks around them are one account. */
export const accountSubject = (account: string): string => textOf(account).normalize('NFKC').trim().toLowerCase()
