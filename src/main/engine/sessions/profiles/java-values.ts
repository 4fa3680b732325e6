/**
 * The three values of Java that are read, each by comparing every byte that is not the value with what the Java Object
 * Serialization Specification (section 6, protocol version 2) has there. Nothing is interpreted: bytes of anything else
 * are none of these. Serializers that write JSON or bare text are read, too.
 */
const streamHeader = 'aced0005'
/** TC_STRING: two bytes of length and modified UTF-8, which is UTF-8 but for NUL and characters beyond U+FFFF. */
const textHeader = Buffer.from(`${streamHeader}74`, 'hex')
const numberSuper = `78720010${Buffer.from('java.lang.Number').toString('hex')}86ac951d0b94e08b0200007870`

/** A boxed number: TC_OBJECT, its class (name, serialVersionUID, one field), java.lang.Number above it, then the value. */
const boxed = (className: string, serialVersionUid: string, type: 'J' | 'I'): Buffer => {
  const name = Buffer.from(className)
  const length = name.length.toString(16).padStart(4, '0')
  const field = `${Buffer.from(type).toString('hex')}0005${Buffer.from('value').toString('hex')}`
  return Buffer.from(
    `${streamHeader}7372${length}${name.toString('hex')}${serialVersionUid}020001${field}${numberSuper}`,
    'hex',
  )
}
const longHeader = boxed('java.lang.Long', '3b8be490cc8f23df', 'J')
const integerHeader = boxed('java.lang.Integer', '12e2a0a4f7818738', 'I')

const startsWith = (bytes: Buffer, header: Buffer): boolean => bytes.subarray(0, header.length).equals(header)

/** A number of java.lang.Long or Integer, or its digits as JSON; null for anything else. */
export function javaNumber(bytes: Buffer): number | null {
  if (bytes.length === longHeader.length + 8 && startsWith(bytes, longHeader)) {
    const value = Number(bytes.readBigInt64BE(longHeader.length))
    return Number.isSafeInteger(value) ? value : null
  }
  if (bytes.length === integerHeader.length + 4 && startsWith(bytes, integerHeader)) {
    return bytes.readInt32BE(integerHeader.length)
  }
  // Jackson with type information writes ["java.lang.Long",1763600000000].
  const digits = bytes.length < 60 ? /^(?:\["java\.lang\.Long",)?(-?\d{1,15})\]?$/.exec(bytes.toString('latin1')) : null
  return digits === null ? null : Number(digits[1])
}

/** The text of a java.lang.String, of a JSON string, or the bare text; null for bytes that are none of these. */
export function javaText(bytes: Buffer): string | null {
  if (startsWith(bytes, textHeader) && bytes.length >= textHeader.length + 2) {
    const text = bytes.subarray(textHeader.length + 2)
    return bytes.readUInt16BE(textHeader.length) === text.length ? utf8Of(text) : null
  }
  const text = utf8Of(bytes)
  if (text === null || !/^".*"$/s.test(text)) return text
  try {
    return JSON.parse(text) as string
  } catch {
    // Quotes around something that JSON would escape: then it is bare text.
    return text
  }
}

/** A text as each serializer would write it. */
export const spellings = (text: string): Buffer[] => {
  const utf8 = Buffer.from(text)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Math.min(utf8.length, 0xffff))
  return [Buffer.concat([textHeader, length, utf8]), Buffer.from(JSON.stringify(text)), utf8]
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function utf8Of(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    // Bytes of another format.
    return null
  }
}
