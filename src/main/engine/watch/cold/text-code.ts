import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Kinds of texts. Each text has one way of being written, so that equal bytes mean equal texts. */
const latin1 = 0
const utf16 = 1
const hex = 2
const uuid = 3
const address = 4
/** From here on the kind says the length of a text in Latin-1, too. */
const short = 5

/** The kinds that `writeText` begins with lie below this. */
export const textKinds = 48
const longestShort = textKinds - short - 1
/** Shorter ones gain nothing. */
const shortestHex = 8
const uuidLength = 36
const dashes = [8, 13, 18, 23]

/** Writes any text so that `readText` gives it back unit by unit: digests and UUIDs take half, addresses four bytes. */
export function writeText(to: ByteWriter, text: string, base = 0): void {
  if (text.length === uuidLength && isUuid(text)) {
    to.byte(base + uuid)
    for (let at = 0; at < uuidLength; at += 2) {
      if (dashes.includes(at)) at++
      to.byte(hexByte(text, at))
    }
    return
  }
  if (text.length >= shortestHex && text.length % 2 === 0 && isHex(text, 0, text.length)) {
    to.byte(base + hex)
    to.count(text.length / 2)
    for (let at = 0; at < text.length; at += 2) to.byte(hexByte(text, at))
    return
  }
  const octets = octetsOf(text)
  if (octets !== null) {
    to.byte(base + address)
    for (const octet of octets) to.byte(octet)
    return
  }
  if (!isLatin1(text)) {
    to.byte(base + utf16)
    to.count(text.length)
    to.utf16(text)
    return
  }
  if (text.length <= longestShort) {
    to.byte(base + short + text.length)
  } else {
    to.byte(base + latin1)
    to.count(text.length)
  }
  to.latin1(text)
}

/** @param kind the first byte of what `writeText` wrote, less its `base` */
export function readText(from: ByteReader, kind = from.byte()): string {
  if (kind >= short) return from.latin1(kind - short)
  if (kind === latin1) return from.latin1(from.count())
  if (kind === utf16) return from.utf16(from.count())
  if (kind === hex) return from.hex(from.count())
  if (kind === address) return `${from.byte()}.${from.byte()}.${from.byte()}.${from.byte()}`
  return [4, 2, 2, 2, 6].map((bytes) => from.hex(bytes)).join('-')
}

/** The value of a hexadecimal digit in lower case, or -1. */
function digitOf(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48
  return unit >= 97 && unit <= 102 ? unit - 87 : -1
}

const hexByte = (text: string, at: number): number =>
  digitOf(text.charCodeAt(at)) * 16 + digitOf(text.charCodeAt(at + 1))

function isHex(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (digitOf(text.charCodeAt(at)) < 0) return false
  return true
}

function isUuid(text: string): boolean {
  let from = 0
  for (const dash of dashes) {
    if (text[dash] !== '-' || !isHex(text, from, dash)) return false
    from = dash + 1
  }
  return isHex(text, from, text.length)
}

function isLatin1(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 255) return false
  return true
}

/** The four numbers of an IPv4 address in the one form that they give back. */
function octetsOf(text: string): readonly number[] | null {
  if (text.length < 7 || text.length > 15) return null
  const octets = [0, 0, 0, 0]
  let part = 0
  let digits = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 46) {
      if (digits === 0 || ++part > 3) return null
      digits = 0
      continue
    }
    const octet = octets[part] ?? 0
    if (unit < 48 || unit > 57 || (digits > 0 && octet === 0)) return null
    octets[part] = octet * 10 + unit - 48
    if ((octets[part] ?? 0) > 255) return null
    digits++
  }
  return part === 3 && digits > 0 ? octets : null
}
