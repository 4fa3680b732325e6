import { parseAddressRange } from '../../address-range.ts'
import { AddressSet } from './address-set.ts'

/** Ranges that are not of the public Internet (IANA special-purpose address registries of IPv4 and IPv6). */
const special = {
  unspecified: ['0.0.0.0/8', '::/128'],
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  'carrier-nat': ['100.64.0.0/10'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  documentation: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],
  benchmarking: ['198.18.0.0/15', '2001:2::/48'],
  multicast: ['224.0.0.0/4', 'ff00::/8'],
  reserved: ['192.0.0.0/24', '240.0.0.0/4', '100::/64'],
} as const

export type Scope = keyof typeof special | 'public'

const rangesOf = (texts: readonly string[]) =>
  texts.map((text) => parseAddressRange(text)).filter((range) => range !== null)

const sets = (Object.keys(special) as (keyof typeof special)[]).map(
  (scope) => [scope, new AddressSet(rangesOf(special[scope]))] as const,
)
/** Most addresses are in none of them, and this says so at once. */
const notPublic = new AddressSet(rangesOf(Object.values(special).flat()))

/** Where an address is valid. @param key 16 bytes, as addressKey makes them */
export const scopeOf = (key: Buffer): Scope =>
  notPublic.has(key) ? (sets.find(([, addresses]) => addresses.has(key))?.[0] ?? 'public') : 'public'
