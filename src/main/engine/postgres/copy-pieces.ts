/**
 * Characters. Below 64 KiB each piece costs more in calls than in bytes; larger pieces leave the server waiting, and all
 * else that this process does.
 */
const pieceLength = 96 * 1024

/** Rows as COPY takes them, in pieces that are made when they can be sent. @param fields as copyField() gives them */
export function* copyPieces<Row>(fields: readonly ((row: Row) => string)[], rows: readonly Row[]): Generator<string> {
  let piece = ''
  for (const row of rows) {
    let separator = ''
    for (const field of fields) {
      piece += separator + field(row)
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
