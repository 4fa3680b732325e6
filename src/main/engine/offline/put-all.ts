/** Codes of better-sqlite3 that say that a row is at fault, not the file or the disk. */
const aboutRow = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/

const isAboutRow = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  (error instanceof Error && 'code' in error && aboutRow.test(String(error.code)))

/**
 * Puts rows into the cache all at once and, where one of them cannot be, one by one: what is at fault goes to `refused`,
 * the others are put.
 * @throws whatever is not about a row, as a full disk
 */
export function putAll<Row>(
  rows: readonly Row[],
  put: (rows: readonly Row[]) => void,
  refused: (row: Row, error: unknown) => void,
): void {
  try {
    put(rows)
  } catch (error) {
    if (!isAboutRow(error)) throw error
    const [only] = rows
    if (rows.length > 1) for (const row of rows) putAll([row], put, refused)
    else if (only !== undefined) refused(only, error)
  }
}
