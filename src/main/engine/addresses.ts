import { isIPv4, isIPv6 } from 'node:net'

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/
const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i

/**
 * The address that a text means, or null: IPv4-mapped IPv6 is its IPv4 (one client, one address), a port or a zone
 * is left out, and of a forwarded list the first hop counts, as express and nginx write it.
 */
export function parseAddress(text: string): string | null {
  if (isIPv4(text)) return text
  const first = text.split(',', 1)[0]?.trim() ?? ''
  const bare = withPort.exec(first)?.[1] ?? bracketed.exec(first)?.[1] ?? first
  const address = bare.split('%', 1)[0] ?? ''
  const v4 = mapped.exec(address)?.[1] ?? address
  if (isIPv4(v4)) return v4
  return isIPv6(address) ? address.toLowerCase() : null
}

const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex')

/**
 * The 16 bytes of an address as parseAddress returns it, which sort as addresses do; IPv4 as its IPv6-mapped form, so
 * that one range of bytes is one network of either family.
 */
export function addressKey(address: string): Buffer {
  if (isIPv4(address)) return Buffer.concat([mappedPrefix, Buffer.from(address.split('.').map(Number))])
  // A URL writes IPv6 as groups of hex digits, an IPv4 tail included (URL standard, "IPv6 serializer").
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [left, right] = [head, tail].map((text) => text.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(8 - (left?.length ?? 0) - (right?.length ?? 0)).fill('0')
  const groups = [...(left ?? []), ...zeros, ...(right ?? [])]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}
