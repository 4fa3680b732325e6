/** JSON that stands for a value of the structured clone algorithm. */
export type Encoded = null | string | boolean | number | Encoded[] | { $: string; v?: unknown }

export interface Codec {
  encode(value: unknown): Encoded
  decode(value: Encoded): unknown
}

/**
 * Carries values between Node and a page as Electron's IPC would: dates, bytes, maps and sets survive, functions and
 * symbols are refused. Self-contained, because its source text also runs in the page.
 */
export function createCodec(): Codec {
  const toBase64 = (bytes: Uint8Array): string => {
    let text = ''
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
    return btoa(text)
  }
  const fromBase64 = (text: unknown) => Uint8Array.from(atob(String(text)), (char) => char.charCodeAt(0))

  const encode = (value: unknown): Encoded => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (value === undefined) return { $: 'undefined' }
    if (typeof value === 'number') return Number.isFinite(value) ? value : { $: 'number', v: String(value) }
    if (typeof value === 'bigint') return { $: 'bigint', v: String(value) }
    if (typeof value === 'function' || typeof value === 'symbol') throw new Error('An object could not be cloned.')
    if (value instanceof Date) return { $: 'date', v: value.getTime() }
    if (value instanceof Map) return { $: 'map', v: [...value].map(encode) }
    if (value instanceof Set) return { $: 'set', v: [...value].map(encode) }
    if (value instanceof Error) return { $: 'error', v: [value.name, value.message] }
    if (value instanceof ArrayBuffer) return { $: 'buffer', v: toBase64(new Uint8Array(value)) }
    if (value instanceof Uint8Array) return { $: 'bytes', v: toBase64(value) }
    if (ArrayBuffer.isView(value)) throw new Error('The Electron harness carries no typed array but Uint8Array.')
    if (Array.isArray(value)) return value.map(encode)
    return { $: 'object', v: Object.entries(value).map(([key, item]) => [key, encode(item)]) }
  }

  const decode = (value: Encoded): unknown => {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map(decode)
    const { $, v } = value
    const list = () => (v as Encoded[]).map(decode)
    switch ($) {
      case 'undefined':
        return undefined
      case 'number':
        return Number(v)
      case 'bigint':
        return BigInt(v as string)
      case 'date':
        return new Date(v as number)
      case 'map':
        return new Map(list() as [unknown, unknown][])
      case 'set':
        return new Set(list())
      case 'error': {
        const [name, message] = v as [string, string]
        return Object.assign(new Error(message), { name })
      }
      case 'buffer':
        return fromBase64(v).buffer
      case 'bytes':
        return fromBase64(v)
      case 'object':
        return Object.fromEntries((v as [string, Encoded][]).map(([key, item]) => [key, decode(item)]))
      default:
        throw new Error(`The Electron harness knows no value of kind ${$}.`)
    }
  }
  return { encode, decode }
}
