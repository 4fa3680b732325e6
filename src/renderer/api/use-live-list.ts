import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { RowSource } from '../components/grid/Grid.tsx'
import { KeysetList, type FetchPage, type ListView } from './keyset-list.ts'
import { useLive } from './live.ts'
import { rereadMs } from './revisions.ts'

/** While somebody moves the pointer over the rows they stand still, and for this long after. */
const pointingMs = 1_500
/** Room for rows that may follow: shown as waiting, and read when they come into sight. */
const roomBeyond = 50

export interface LiveList<Row> {
  readonly source: RowSource<Row>
  readonly view: ListView
  readonly retry: () => void
  readonly refresh: () => void
  /** By how much the pulse is ahead of what the rows show. */
  readonly behind: number
  readonly onPoint: () => void
}

/**
 * The rows of a search, and how they follow what happens: `pulse` changes when something did. While `held` (scrolled away, a
 * row is open, the screen is paused) they stay as they are.
 */
export function useLiveList<Row>(fetchPage: FetchPage<Row>, pulse: number, held: boolean): LiveList<Row> {
  const list = useMemo(() => new KeysetList(fetchPage), [fetchPage])
  const view = useSyncExternalStore(list.subscribe, list.view)
  const [shown, setShown] = useState(pulse)
  const pointedAtMs = useRef(-Infinity)
  const latest = useRef(pulse)
  useEffect(() => {
    latest.current = pulse
  }, [pulse])
  const [listed, setListed] = useState(list)
  if (listed !== list) {
    setListed(list)
    setShown(pulse)
  }
  const behind = pulse - shown
  const isBehind = behind !== 0

  useEffect(() => () => list.leave(), [list])

  const refresh = useCallback(() => {
    setShown(latest.current)
    void list.refresh()
  }, [list])

  useEffect(() => {
    if (!isBehind || held) return undefined
    let timer: ReturnType<typeof setTimeout>
    const refreshUnlessPointing = () => {
      const pointingForMs = pointedAtMs.current + pointingMs - performance.now()
      if (pointingForMs <= 0) refresh()
      else timer = setTimeout(refreshUnlessPointing, pointingForMs)
    }
    timer = setTimeout(refreshUnlessPointing, rereadMs)
    return () => clearTimeout(timer)
  }, [isBehind, held, refresh])

  // Where rows come from has changed, or was out of reach meanwhile: what is shown may be the cache's, or an error.
  const origin = useLive(({ opened, status }) =>
    status === null ? null : `${opened} ${status.postgres.status === 'connected'}`,
  )
  const readFrom = useRef(origin)
  useEffect(() => {
    const before = readFrom.current
    readFrom.current = origin
    if (before !== null && before !== origin) refresh()
  }, [origin, refresh])

  const { count, atEnd, error } = view
  const room = atEnd || error !== null ? 0 : roomBeyond
  const rows = useMemo<RowSource<Row>>(
    () => ({
      count: count + room,
      total: atEnd ? count : null,
      rowAt: (index) => list.rowAt(index),
      want: (from, to) => list.want(from, Math.max(to, 1)),
    }),
    // The rows themselves changed with every view.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [list, view, count, room, atEnd],
  )
  return {
    source: rows,
    view,
    retry: () => list.retry(),
    refresh,
    behind,
    onPoint: () => {
      pointedAtMs.current = performance.now()
    },
  }
}
