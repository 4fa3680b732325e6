import { useEffect, useRef, type MouseEvent } from 'react'
import type { RowSource } from './Grid.tsx'

/** Rows that are chosen, by id, and how to choose others. */
export interface RowSelection {
  readonly ids: ReadonlySet<string>
  choose(ids: ReadonlySet<string>): void
}

/** The ids with one more, or without it. */
export function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return next
}

/** The ids of the rows from one index to another, both included, in either direction; of those that are in memory. */
export function idsBetween<Row>(
  source: Pick<RowSource<Row>, 'rowAt'>,
  idOf: (row: Row) => string,
  from: number,
  to: number,
): ReadonlySet<string> {
  const [low, high] = from < to ? [from, to] : [to, from]
  const rows = Array.from({ length: high - low + 1 }, (_, offset) => source.rowAt(low + offset))
  return new Set(rows.flatMap((row) => (row === undefined ? [] : [idOf(row)])))
}

/** How keys and pointer choose rows of a grid; nothing happens where it has no selection. */
export function useSelecting<Row>(source: RowSource<Row>, idOf: (row: Row) => string, selection?: RowSelection) {
  // Rows keep the handlers that they were drawn with: what those do goes by what there is now.
  const now = useRef({ source, selection })
  useEffect(() => {
    now.current = { source, selection }
  })
  /** Where a range starts. */
  const anchor = useRef(0)
  const toggle = (index: number): void => {
    const { source: rows, selection: chosen } = now.current
    const row = rows.rowAt(index)
    if (chosen === undefined || row === undefined) return
    anchor.current = index
    chosen.choose(toggled(chosen.ids, idOf(row)))
  }
  /** False where nothing can be chosen. */
  const extendTo = (index: number): boolean => {
    const { source: rows, selection: chosen } = now.current
    chosen?.choose(idsBetween(rows, idOf, anchor.current, index))
    return chosen !== undefined
  }
  return {
    extendTo,
    startAt: (index: number) => {
      anchor.current = index
    },
    /** Whether the click was one on a box, or with Shift, and so chose instead of opening. */
    onClick: ({ target, shiftKey }: MouseEvent, index: number): boolean => {
      if (shiftKey && extendTo(index)) return true
      anchor.current = index
      const isBox = target instanceof Element && target.closest('[data-box]') !== null
      if (isBox) toggle(index)
      return isBox
    },
    /** Whether the key meant something: `x` chooses the row under it, Escape chooses none. */
    onKey: (key: string, cursor: number): boolean => {
      const { selection: chosen } = now.current
      if (chosen === undefined) return false
      if (key === 'x') toggle(cursor)
      else if (key === 'Escape' && chosen.ids.size > 0) chosen.choose(new Set())
      else return false
      return true
    },
  }
}
