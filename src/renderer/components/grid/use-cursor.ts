import { useEffect, useState } from 'react'
import type { RowSource } from './Grid.tsx'

/** How far a row is looked for when others came before it. */
const lookedAt = 1_000

/**
 * The index of the row under the keyboard. Where somebody listens, because keys act on that row, it stays with its row: what
 * comes in above must not slip another one below a key. Elsewhere it stays where it is.
 */
export function useCursor<Row>(
  source: RowSource<Row>,
  idOf: (row: Row) => string,
  onCursor: ((row: Row | undefined) => void) | undefined,
): readonly [number, (index: number) => void] {
  const [at, setAt] = useState<{ index: number; id: string | null }>({ index: 0, id: null })
  const row = source.rowAt(at.index)
  const id = row === undefined ? null : idOf(row)
  if (onCursor !== undefined && id !== null && id !== at.id)
    setAt(at.id === null ? { index: at.index, id } : found(source, idOf, at.id, at.index))
  useEffect(() => onCursor?.(row), [onCursor, row])
  const move = (index: number) => {
    const next = source.rowAt(index)
    setAt({ index, id: next === undefined ? null : idOf(next) })
  }
  return [at.index, move]
}

/** Where a row is now; the one at its old place where it is not to be found. */
function found<Row>(source: RowSource<Row>, idOf: (row: Row) => string, id: string, near: number) {
  const idAt = (index: number) => {
    const row = index < 0 || index >= source.count ? undefined : source.rowAt(index)
    return row === undefined ? null : idOf(row)
  }
  for (let step = 0; step <= lookedAt; step++) {
    if (idAt(near + step) === id) return { index: near + step, id }
    if (idAt(near - step) === id) return { index: near - step, id }
  }
  return { index: near, id: idAt(near) }
}
