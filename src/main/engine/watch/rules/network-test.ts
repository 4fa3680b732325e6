import { BlockList, isIP } from 'node:net'
import { parseAddress } from '../../addresses.ts'
import type { FieldValue } from './field.ts'
import { RuleError, type FieldPath } from './rule-error.ts'

/** Whether a value is an address of a network, given as `10.0.0.0/8` or `2001:db8::/32`. */
export function compileNetwork(wanted: unknown, path: FieldPath): (value: FieldValue) => boolean {
  const [text = '', bits = '', ...rest] = typeof wanted === 'string' ? wanted.split('/') : []
  const given = isIP(text)
  const address = parseAddress(text) ?? ''
  // A network of IPv4-mapped addresses is one of IPv4.
  const length = Number(bits) - (given === 6 && isIP(address) === 4 ? 96 : 0)
  const isLength = /^\d{1,3}$/.test(bits) && length >= 0 && length <= (isIP(address) === 4 ? 32 : 128)
  if (given === 0 || rest.length > 0 || !isLength) {
    throw new RuleError(path, 'cidr takes a network, for example 10.0.0.0/8 or 2001:db8::/32')
  }
  return isIP(address) === 4 ? inIPv4(address, length) : inIPv6(address, length)
}

function inIPv4(address: string, length: number): (value: FieldValue) => boolean {
  const size = 2 ** (32 - length)
  const wanted = Math.floor((ipv4Number(address) ?? 0) / size)
  return (value) => {
    if (typeof value !== 'string') return false
    const number = ipv4Number(value) ?? ipv4Number(value.includes(':') ? (parseAddress(value) ?? '') : '')
    return number !== null && Math.floor(number / size) === wanted
  }
}

function inIPv6(address: string, length: number): (value: FieldValue) => boolean {
  const network = new BlockList()
  network.addSubnet(address, length, 'ipv6')
  return (value) => typeof value === 'string' && isIP(value) === 6 && network.check(value, 'ipv6')
}

/** The address as a number, or null: read by hand, because rules ask this of every event. */
function ipv4Number(text: string): number | null {
  if (text.length < 7 || text.length > 15) return null
  let number = 0
  let part = 0
  let digits = 0
  let dots = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 48 && code <= 57) {
      part = part * 10 + code - 48
      if (++digits > 3 || part > 255) return null
    } else if (code === 46 && digits > 0 && dots < 3) {
      number = number * 256 + part
      part = 0
      digits = 0
      dots++
    } else {
      return null
    }
  }
  return dots === 3 && digits > 0 ? number * 256 + part : null
}
