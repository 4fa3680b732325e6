import { isIPv4, isIPv6 } from 'node:net'
import { addressKey, parseAddress } from './addresses.ts'

/**
 * A network: `text` as PostgreSQL's inet reads it, and its first and last address as keys of 16 bytes, which sort as the
 * addresses do.
 */
export interface AddressRange {
  readonly text: string
  readonly low: Buffer
  readonly high: Buffer
  /** A network of IPv6 that spans the keys of the IPv4 addresses, which are not its members. */
  readonly spansIPv4: boolean
}

/** Keys of the first and the last IPv4 address. */
export const ipv4Low = addressKey('0.0.0.0')
export const ipv4High = addressKey('255.255.255.255')

/** The network of `10.0.0.0/8`, `2001:db8::/32` or a single address; null if it is none. Bits beyond it are ignored. */
export function parseAddressRange(text: string): AddressRange | null {
  const [, typed, length] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = typed === undefined || typed.includes(',') ? null : parseAddress(typed)
  if (address === null) return null
  // Counted in the form that was typed: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  const mapped = isIPv4(address) && typed !== undefined && isIPv6(typed.split('%')[0] ?? '')
  const bits = Number(length ?? (mapped || !isIPv4(address) ? 128 : 32)) - (mapped ? 96 : 0)
  const family = isIPv4(address) ? 32 : 128
  if (bits < 0 || bits > family) return null
  return range(address, bits, family)
}

function range(address: string, bits: number, family: 32 | 128): AddressRange {
  const fixed = 128 - family + bits
  const low = addressKey(address)
  const high = Buffer.from(low)
  for (let byte = 0; byte < 16; byte++) {
    const hostBits = Math.min(8, Math.max(0, (byte + 1) * 8 - fixed))
    const hostMask = (1 << hostBits) - 1
    low.writeUInt8(low.readUInt8(byte) & ~hostMask & 0xff, byte)
    high.writeUInt8(high.readUInt8(byte) | hostMask, byte)
  }
  const spansIPv4 = family === 128 && low.compare(ipv4Low) <= 0 && high.compare(ipv4High) >= 0
  return { text: `${address}/${bits}`, low, high, spansIPv4 }
}
