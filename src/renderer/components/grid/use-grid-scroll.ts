import { useEffect, useMemo, useState, type RefObject } from 'react'
import { atTop, revealing, scrolled, settled, type Geometry, type ScrollState } from './window.ts'

/** Ties the arithmetic of window.ts to a scrolling element with a sticky header of `headerPx`. */
export function useGridScroll(
  scroller: RefObject<HTMLElement | null>,
  { rowCount, rowPx, headerPx }: { rowCount: number; rowPx: number; headerPx: number },
) {
  const [heightPx, setHeightPx] = useState(0)
  const [state, setState] = useState<ScrollState>(atTop)
  const viewportPx = Math.max(0, heightPx - headerPx)
  const geometry = useMemo<Geometry>(() => ({ rowCount, rowPx, viewportPx }), [rowCount, rowPx, viewportPx])

  useEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setHeightPx(element.clientHeight))
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])

  const apply = (next: ScrollState) => {
    if (next === state) return
    setState(next)
    if (scroller.current !== null) scroller.current.scrollTop = next.scrollTop
  }

  return {
    geometry,
    state,
    onScroll: () => {
      const top = scroller.current?.scrollTop ?? 0
      setState((from) => (from.scrollTop === top ? from : scrolled(geometry, from, top)))
    },
    onScrollEnd: () => apply(settled(geometry, state)),
    reveal: (row: number) => apply(revealing(geometry, state, row)),
    toTop: () => apply(atTop),
  }
}
