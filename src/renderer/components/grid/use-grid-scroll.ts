import { useEffect, useMemo, useRef, useState, type RefObject } from 'react'
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

  // Events come faster than React draws: what they build on is kept beside the drawn state.
  const latest = useRef<ScrollState>(atTop)
  const follow = (next: ScrollState) => {
    latest.current = next
    setState(next)
  }
  const lead = (next: ScrollState) => {
    if (next === latest.current) return
    follow(next)
    if (scroller.current !== null) scroller.current.scrollTop = next.scrollTop
  }

  return {
    geometry,
    state,
    onScroll: () => {
      const top = scroller.current?.scrollTop ?? 0
      // Browsers round what they are told to fractions of a pixel: that is no movement.
      if (Math.abs(top - latest.current.scrollTop) >= 1) follow(scrolled(geometry, latest.current, top))
    },
    onRest: () => lead(settled(geometry, latest.current)),
    reveal: (row: number) => lead(revealing(geometry, latest.current, row)),
  }
}
