import { describe, expect, test } from 'vitest'
import {
  atTop,
  elementPx,
  maxElementPx,
  revealing,
  rowsInSight,
  scrolled,
  scrollTopFor,
  settled,
  type Geometry,
  type ScrollState,
} from '../../../src/renderer/components/grid/window.ts'

const few: Geometry = { rowCount: 1_000, rowPx: 28, viewportPx: 560 }
const million: Geometry = { rowCount: 1_000_000, rowPx: 28, viewportPx: 560 }
const lowestOffset = million.rowCount * million.rowPx - million.viewportPx
const lowestScroll = maxElementPx - million.viewportPx

describe('rows that fit into an element', () => {
  test('the offset is the scroll position', () => {
    expect(elementPx(few)).toBe(28_000)
    expect(scrolled(few, atTop, 280)).toEqual({ scrollTop: 280, offsetPx: 280 })
  })

  test('draws the rows in sight and a few beyond both edges, where they belong', () => {
    expect(rowsInSight(few, atTop)).toEqual({ first: 0, end: 28, topPx: 0 })
    const { first, end, topPx } = rowsInSight(few, { scrollTop: 2_810, offsetPx: 2_810 })
    expect({ first, end, topPx }).toEqual({ first: 92, end: 129, topPx: 92 * 28 })
    expect(rowsInSight(few, { scrollTop: 27_440, offsetPx: 27_440 }).end).toBe(1_000)
  })

  test('an empty grid has nothing in sight', () => {
    expect(rowsInSight({ ...few, rowCount: 0 }, atTop)).toEqual({ first: 0, end: 0, topPx: 0 })
  })
})

describe('a million rows', () => {
  test('never ask for an element taller than browsers lay out', () => {
    expect(elementPx(million)).toBe(maxElementPx)
  })

  test('a short way moves the rows by as many pixels: none is passed over', () => {
    let state: ScrollState = { scrollTop: 4_000_000, offsetPx: 14_000_000 }
    const seen = new Set<number>()
    for (let notch = 0; notch < 50; notch++) {
      state = scrolled(million, state, state.scrollTop + 100)
      const { first, end } = rowsInSight(million, state)
      for (let row = first; row < end; row++) seen.add(row)
    }
    expect(state.offsetPx).toBe(14_000_000 + 5_000)
    const rows = [...seen].toSorted((a, b) => a - b)
    expect(rows.length).toBe((rows.at(-1) ?? 0) - (rows[0] ?? 0) + 1)
  })

  test('a long way is read in proportion', () => {
    const { offsetPx } = scrolled(million, atTop, lowestScroll / 2)
    expect(offsetPx).toBeCloseTo(lowestOffset / 2, 0)
  })

  test('both ends are exact, from wherever one comes', () => {
    const drifted: ScrollState = { scrollTop: lowestScroll - 50, offsetPx: lowestOffset - 9_000 }
    const end = scrolled(million, drifted, lowestScroll)
    expect(end.offsetPx).toBe(lowestOffset)
    expect(rowsInSight(million, end).end).toBe(1_000_000)
    expect(scrolled(million, { scrollTop: 30, offsetPx: 700 }, 0).offsetPx).toBe(0)
  })

  test('the drawn rows lie in the viewport, wherever the thumb stands', () => {
    for (const scrollTop of [0, 12_345, 3_999_999, lowestScroll]) {
      const state = scrolled(million, atTop, scrollTop)
      const { first, topPx } = rowsInSight(million, state)
      const firstPixelOfRows = state.offsetPx - first * million.rowPx
      expect(topPx + firstPixelOfRows).toBeCloseTo(scrollTop, 6)
    }
  })

  test('the thumb is brought back to where the rows are, and the rows stay', () => {
    const drifted: ScrollState = { scrollTop: 4_000_400, offsetPx: 14_000_400 }
    const after = settled(million, drifted)
    expect(after.offsetPx).toBe(drifted.offsetPx)
    expect(after.scrollTop).toBeCloseTo(scrollTopFor(million, drifted.offsetPx), 6)
    expect(settled(million, after)).toBe(after)
  })
})

describe('revealing a row', () => {
  test('a row in sight moves nothing', () => {
    expect(revealing(few, atTop, 19)).toBe(atTop)
  })

  test('a row below comes to the lower edge, one above to the upper', () => {
    expect(revealing(few, atTop, 20).offsetPx).toBe(28)
    expect(revealing(few, { scrollTop: 2_800, offsetPx: 2_800 }, 50).offsetPx).toBe(1_400)
  })

  test('the last of a million rows is reached', () => {
    const state = revealing(million, atTop, 999_999)
    expect(state.offsetPx).toBe(lowestOffset)
    expect(state.scrollTop).toBe(lowestScroll)
  })
})
