import { copyField } from './copy-text.ts'

/**
 * Characters. Below 64 KiB each piece costs more in calls than in bytes; larger pieces leave the server waiting, and all
 * else that this process does.
 */
const pieceLength = 96 * 1024

/**
 * Rows as COPY takes them, in pieces that are made when they can be sent.
 * @param columns `text`: in PostgreSQL's own notation, or null
 */
export function* copyPieces<Row>(
  columns: readonly { text: (row: Row) => string | null }[],
  rows: readonly Row[],
): Generator<string> {
  let piece = ''
  for (const row of rows) {
    let separator = ''
    for (const { text } of columns) {
      piece += separator + copyField(text(row))
      separator = '\t'
    }
    piece += '\n'
    if (piece.length >= pieceLength) {
      yield piece
      piece = ''
    }
  }
  if (piece !== '') yield piece
}
