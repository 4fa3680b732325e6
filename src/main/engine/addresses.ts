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

const keyBytes = 16
const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex')

/**
 * The 16 bytes of an address as parseAddress returns it, which sort as addresses do; IPv4 as its IPv6-mapped form, so
 * that one range of bytes is one network of either family.
 */
export function addressKey(address: string): Buffer {
  // From the pool: a buffer of its own takes longer to make than the key.
  const key = Buffer.allocUnsafe(keyBytes).fill(0)
  if (!address.includes(':')) {
    mappedPrefix.copy(key)
    writeOctets(address, key, mappedPrefix.length)
    return key
  }
  const [head = '', tail] = address.split('::', 2)
  writeGroups(head, key, 0)
  // Groups after the gap of zeros end where the address ends; an IPv4 tail is as long as two of them.
  if (tail !== undefined) writeGroups(tail, key, keyBytes - 2 * (tail.split(':').length + (tail.includes('.') ? 1 : 0)))
  return key
}

function writeGroups(text: string, key: Buffer, from: number): void {
  if (text === '') return
  let at = from
  for (const group of text.split(':')) {
    if (group.includes('.')) writeOctets(group, key, at)
    else at = key.writeUInt16BE(Number.parseInt(group, 16), at)
  }
}

/** Digit by digit: the keys of IPv4 addresses are made by the hundred thousand. */
function writeOctets(text: string, key: Buffer, from: number): void {
  let at = from
  let octet = 0
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 48
    if (digit >= 0) octet = octet * 10 + digit
    else {
      key[at++] = octet
      octet = 0
    }
  }
  key[at] = octet
}
