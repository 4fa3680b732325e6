export type JsonTokenKind = 'key' | 'string' | 'number' | 'word' | 'plain'
export interface JsonToken {
  readonly kind: JsonTokenKind
  readonly text: string
}

/** Longer texts are shown in one colour: a hundred thousand spans would hold up the page. */
const maxColouredChars = 100_000

/** Indented, if it is JSON; else as it came. */
export function formatJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    // Not JSON (a bare string, msgpack, cut short): the text itself is what there is to see.
    return text
  }
}

const pattern = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g

/** Splits a JSON text into coloured pieces. Joined again they are the text, whatever it was. */
export function tokenise(text: string): JsonToken[] {
  if (text.length > maxColouredChars) return [{ kind: 'plain', text }]
  const tokens: JsonToken[] = []
  let end = 0
  for (const match of text.matchAll(pattern)) {
    const [whole, quoted, colon, number] = match
    if (match.index > end) tokens.push({ kind: 'plain', text: text.slice(end, match.index) })
    if (quoted !== undefined) {
      tokens.push({ kind: colon === undefined ? 'string' : 'key', text: quoted })
      if (colon !== undefined) tokens.push({ kind: 'plain', text: colon })
    } else {
      tokens.push({ kind: number === undefined ? 'word' : 'number', text: whole })
    }
    end = match.index + whole.length
  }
  if (end < text.length) tokens.push({ kind: 'plain', text: text.slice(end) })
  return tokens
}
