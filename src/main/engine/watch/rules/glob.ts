const anyOne: unique symbol = Symbol('?')
const anyRun: unique symbol = Symbol('*')
/** One piece of a pattern: a literal character, any one character, or any run of them. */
type Piece = string | typeof anyOne | typeof anyRun
const run: readonly Piece[] = [anyRun]

/**
 * The pieces of a Sigma string: `*` and `?` are wildcards, a backslash makes a following `*`, `?` or backslash literal,
 * and any other backslash is itself (Sigma specification, "Escaping").
 */
function piecesOf(pattern: string): Piece[] {
  const pieces: Piece[] = []
  const characters = Array.from(pattern)
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ''
    const next = characters[at + 1] ?? ''
    if (character === '\\' && /[*?\\]/.test(next)) {
      pieces.push(next)
      at++
    } else {
      pieces.push(character === '*' ? anyRun : character === '?' ? anyOne : character)
    }
  }
  return pieces
}

/** Which ends of a pattern are open: `contains` opens both, `startswith` the end, `endswith` the start. */
export interface OpenEnds {
  start?: boolean
  end?: boolean
}

/**
 * Compiles a Sigma string to a test of texts. Matching goes back to the last run of wildcards only, so it takes at most
 * pattern times text steps: rules meet hostile texts, and a regular expression could be made to hang.
 */
export function compileGlob(pattern: string, cased: boolean, open: OpenEnds = {}): (text: string) => boolean {
  const fold = (text: string) => (cased ? text : text.toLowerCase())
  const pieces = piecesOf(fold(pattern))
  const isLiteral = (piece: Piece) => typeof piece === 'string'
  if (pieces.every(isLiteral)) {
    const literal = pieces.join('')
    if (open.start && open.end) return (text) => fold(text).includes(literal)
    if (open.start) return (text) => fold(text).endsWith(literal)
    if (open.end) return (text) => fold(text).startsWith(literal)
    return (text) => fold(text) === literal
  }
  const bounded = [...(open.start ? run : []), ...pieces, ...(open.end ? run : [])]
  return (text) => fits(bounded, Array.from(fold(text)))
}

function fits(pieces: readonly Piece[], text: readonly string[]): boolean {
  let piece = 0
  let at = 0
  let lastRun = -1
  let resumeAt = 0
  while (at < text.length) {
    if (pieces[piece] === anyRun) {
      lastRun = piece++
      resumeAt = at
    } else if (piece < pieces.length && (pieces[piece] === anyOne || pieces[piece] === text[at])) {
      piece++
      at++
    } else if (lastRun >= 0) {
      piece = lastRun + 1
      at = ++resumeAt
    } else {
      return false
    }
  }
  while (pieces[piece] === anyRun) piece++
  return piece === pieces.length
}
