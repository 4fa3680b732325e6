import type { Encoding } from './modifiers.ts'

/**
 * A text as it looks after encodings, one upon the other; `base64offset` has three looks, one for each place that the
 * text may have among groups of three bytes (Sigma modifiers appendix, "Encoding"). Bytes that no base64 follows are one
 * character each.
 */
export function encoded(text: string, encodings: readonly Encoding[]): string[] {
  let bytes = Buffer.from(text, 'utf8')
  for (const encoding of encodings) {
    if (encoding === 'base64') return [bytes.toString('base64')]
    if (encoding === 'base64offset') return [0, 1, 2].map((offset) => insideBase64(bytes, offset))
    bytes = utf16(bytes.toString('utf8'), encoding)
  }
  return [bytes.toString('latin1')]
}

function utf16(text: string, encoding: 'utf16le' | 'utf16be' | 'utf16'): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(encoding === 'utf16' ? `\uFEFF${text}` : text, 'utf16le')
  return encoding === 'utf16be' ? bytes.swap16() : bytes
}

/**
 * The characters of base64 that depend on these bytes alone, where `offset` bytes come before them in their group of
 * three: 4 characters hold 3 bytes, so at either end those are left out that hold bits of a neighbour.
 */
function insideBase64(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  const first = Math.ceil((offset * 8) / 6)
  const end = Math.floor(((offset + bytes.length) * 8) / 6)
  return text.slice(first, end)
}
