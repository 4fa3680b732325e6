const anyOne: unique symbol = Symbol('?')
const anyRun: unique symbol = Symbol('*')
const anyDash: unique symbol = Symbol('-')
/** One piece of a pattern: a literal character, any one character, any run of them, or any of the dashes. */
type Piece = string | typeof anyOne | typeof anyRun | typeof anyDash
const run: readonly Piece[] = [anyRun]
const dashes: ReadonlySet<string> = new Set(['-', '/', '–', '—', '―'])

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

/** `windash`: a dash before a word may be any of the characters that Windows takes for one. */
const withAnyDash = (pieces: readonly Piece[]): Piece[] =>
  pieces.map((piece, at) => (isDash(piece) && !isWord(pieces[at - 1]) && isWord(pieces[at + 1]) ? anyDash : piece))

const isDash = (piece: Piece): boolean => typeof piece === 'string' && dashes.has(piece)
const isWord = (piece: Piece | undefined): boolean => typeof piece === 'string' && /\w/.test(piece)
const isLiteral = (piece: Piece): piece is string => typeof piece === 'string'

/** Which ends of a pattern are open: `contains` opens both, `startswith` the end, `endswith` the start. */
export interface OpenEnds {
  start?: boolean
  end?: boolean
}

/** The text that a pattern without wildcards stands for, or null. */
export function literalOf(pattern: string): string | null {
  const pieces = piecesOf(pattern)
  return pieces.every(isLiteral) ? pieces.join('') : null
}

/**
 * Compiles a Sigma string to a test of texts, case and all. Matching goes back to the last run of wildcards only, so it
 * takes at most pattern times text steps: rules meet hostile texts, and a regular expression could be made to hang.
 */
export function compileGlob(
  pattern: string,
  open: OpenEnds = {},
  options: { windash?: boolean } = {},
): (text: string) => boolean {
  const pieces = options.windash === true ? withAnyDash(piecesOf(pattern)) : piecesOf(pattern)
  if (pieces.every(isLiteral)) return compileLiteral(pieces.join(''), open)
  const bounded = [...(open.start ? run : []), ...pieces, ...(open.end ? run : [])]
  return (text) => fits(bounded, Array.from(text))
}

/** The same for a text without wildcards. */
export function compileLiteral(literal: string, open: OpenEnds): (text: string) => boolean {
  if (open.start && open.end) return (text) => text.includes(literal)
  if (open.start) return (text) => text.endsWith(literal)
  if (open.end) return (text) => text.startsWith(literal)
  return (text) => text === literal
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
    } else if (piece < pieces.length && isOne(pieces[piece], text[at] ?? '')) {
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

const isOne = (piece: Piece | undefined, character: string): boolean =>
  piece === character || piece === anyOne || (piece === anyDash && dashes.has(character))
