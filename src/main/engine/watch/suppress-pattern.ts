import { isIPv4 } from 'node:net'
import { GatehouseError } from '../../../shared/errors.ts'
import type { SuppressionDraft } from '../../../shared/model/suppression.ts'
import { parseAddressRange, type AddressRange } from '../address-range.ts'
import { addressKey, parseAddress } from '../addresses.ts'

/** First and last address, as keys that sort as addresses do. */
export type AddressSpan = Pick<AddressRange, 'low' | 'high'>

/** A network wider than these would hide much of the internet: /8 of IPv4, /16 of IPv6. */
const widest = { v4: 8, v6: 16 } as const

/**
 * A pattern as it is kept: an address or a range in its plain form, a session id as the store knows it.
 * @param sought the stored form of a session id
 * @throws GatehouseError INVALID_INPUT that says what is expected
 */
export function readPattern(
  { kind, pattern }: Pick<SuppressionDraft, 'kind' | 'pattern'>,
  sought: (typed: string) => string,
): string {
  if (/\p{Cc}/u.test(pattern) || !pattern.isWellFormed()) throw wrong('a pattern has no control characters')
  switch (kind) {
    case 'user':
      return pattern
    case 'session':
      return sought(pattern)
    case 'address':
      return addressPattern(pattern)
    case 'agent':
      if (/[^*?\s]/.test(pattern)) return pattern
      throw wrong('a user agent with more than wildcards in it, for example "curl/*"')
    case 'network':
      if (/^as\d{1,10}$/i.test(pattern)) return pattern.toUpperCase()
      if (/^[\w][\w .-]{0,99}$/.test(pattern)) return pattern
      throw wrong('a number such as AS64500, or the name of a list')
  }
}

/** The addresses of a pattern that readPattern returned. */
export function spanOf(pattern: string): AddressSpan {
  const [from, to] = pattern.split('-').map((text) => parseAddressRange(text))
  if (from === undefined || from === null) throw wrong('an address')
  return { low: from.low, high: (to ?? from).high }
}

function addressPattern(pattern: string): string {
  const [first = '', last, ...rest] = pattern.split('-').map((text) => text.trim())
  if (last === undefined) {
    const range = parseAddressRange(first)
    if (range === null) throw wrong('an address, a network (10.0.0.0/8) or a range (10.0.0.1-10.0.0.9)')
    const [address = '', bits] = range.text.split('/')
    const isV4 = isIPv4(address)
    const least = widest[isV4 ? 'v4' : 'v6']
    if (Number(bits) < least) throw wrong(`a network of /${least} or narrower`)
    return Number(bits) === (isV4 ? 32 : 128) ? address : range.text
  }
  const [low, high] = [parseAddress(first), parseAddress(last)]
  if (rest.length > 0 || low === null || high === null) throw wrong('two addresses with a dash between')
  if (isIPv4(low) !== isIPv4(high)) throw wrong('two addresses of one family')
  const [lowKey, highKey] = [addressKey(low), addressKey(high)]
  if (Buffer.compare(lowKey, highKey) > 0) throw wrong('the lower address first')
  const prefixBytes = isIPv4(low) ? 13 : 2
  if (Buffer.compare(lowKey.subarray(0, prefixBytes), highKey.subarray(0, prefixBytes)) !== 0)
    throw wrong(`a range within one /${isIPv4(low) ? widest.v4 : widest.v6}`)
  return `${low}-${high}`
}

const wrong = (expected: string): GatehouseError =>
  new GatehouseError('INVALID_INPUT', `pattern: expected ${expected}.`, { key: 'pattern' })
