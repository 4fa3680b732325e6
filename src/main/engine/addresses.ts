import { isIPv4, isIPv6 } from 'node:net'

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/
const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i

/**
 * The address that a text means, or null: IPv4-mapped IPv6 is its IPv4 (one client, one address), a port or a zone
 * is left out, and of a forwarded list the first hop counts, as express and nginx write it.
 */
export function parseAddress(text: string): string | null {
  const first = text.split(',', 1)[0]?.trim() ?? ''
  const bare = withPort.exec(first)?.[1] ?? bracketed.exec(first)?.[1] ?? first
  const address = bare.split('%', 1)[0] ?? ''
  const v4 = mapped.exec(address)?.[1] ?? address
  if (isIPv4(v4)) return v4
  return isIPv6(address) ? address.toLowerCase() : null
}
