/** The tallest element that we ask a browser for, in px: half of what Chromium and Firefox still lay out exactly. */
export const maxElementPx = 8_000_000

export interface Geometry {
  readonly rowCount: number
  readonly rowPx: number
  readonly viewportPx: number
}

/**
 * Where a grid stands. `scrollTop` is what the browser says, `offsetPx` the distance of the first visible pixel from the
 * top of all rows: the same number until the rows are taller than any element may be.
 */
export interface ScrollState {
  readonly scrollTop: number
  readonly offsetPx: number
}

export const atTop: ScrollState = { scrollTop: 0, offsetPx: 0 }

const rowsPx = ({ rowCount, rowPx }: Geometry) => rowCount * rowPx

/** Height of the scrolled element. */
export const elementPx = (geometry: Geometry) => Math.min(rowsPx(geometry), maxElementPx)

const maxOffset = (geometry: Geometry) => Math.max(0, rowsPx(geometry) - geometry.viewportPx)
const maxScroll = (geometry: Geometry) => Math.max(0, elementPx(geometry) - geometry.viewportPx)

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

/** The scroll position that stands for an offset: in proportion, where the rows are taller than the element. */
export function scrollTopFor(geometry: Geometry, offsetPx: number): number {
  const most = maxOffset(geometry)
  return most === 0 ? 0 : (clamp(offsetPx, 0, most) / most) * maxScroll(geometry)
}

/**
 * Follows the browser to `scrollTop`. A short way (wheel, keys) moves the rows by as many pixels, so that none is passed
 * over; a long one (the thumb was dragged) is read in proportion. Both ends are exact.
 */
export function scrolled(geometry: Geometry, from: ScrollState, scrollTop: number): ScrollState {
  const most = maxOffset(geometry)
  const end = maxScroll(geometry)
  if (most === end) return { scrollTop, offsetPx: clamp(scrollTop, 0, most) }
  if (scrollTop <= 0) return { scrollTop, offsetPx: 0 }
  if (scrollTop >= end) return { scrollTop, offsetPx: most }
  const way = scrollTop - from.scrollTop
  const offsetPx = Math.abs(way) <= geometry.viewportPx * 2 ? from.offsetPx + way : (scrollTop / end) * most
  return { scrollTop, offsetPx: clamp(offsetPx, 0, most) }
}

/** The state in which a row is in sight, with as little movement as possible; the same object if it is already. */
export function revealing(geometry: Geometry, from: ScrollState, row: number): ScrollState {
  const top = row * geometry.rowPx
  const lowest = top + geometry.rowPx - geometry.viewportPx
  const offsetPx = clamp(Math.min(top, Math.max(from.offsetPx, lowest)), 0, maxOffset(geometry))
  if (offsetPx === from.offsetPx) return from
  return { scrollTop: scrollTopFor(geometry, offsetPx), offsetPx }
}

/** Brings the thumb back to where the rows are, once the scrolling has ended: short ways leave it behind. */
export function settled(geometry: Geometry, state: ScrollState): ScrollState {
  const scrollTop = scrollTopFor(geometry, state.offsetPx)
  return Math.abs(scrollTop - state.scrollTop) < 1 ? state : { ...state, scrollTop }
}

/** Rows drawn beyond both edges, so that a quick scroll does not run into nothing. */
const spareRows = 8

/** Which rows to draw, and where the first of them stands inside the scrolled element. */
export function rowsInSight(geometry: Geometry, { scrollTop, offsetPx }: ScrollState) {
  const { rowCount, rowPx, viewportPx } = geometry
  const first = Math.max(0, Math.floor(offsetPx / rowPx) - spareRows)
  const end = Math.min(rowCount, Math.ceil((offsetPx + viewportPx) / rowPx) + spareRows)
  return { first, end, topPx: scrollTop - (offsetPx - first * rowPx) }
}
