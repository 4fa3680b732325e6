import { expect, it } from 'vitest'
import { SlidingWindow } from '../../src/shared/sliding-window.ts'

it('lets the limit through in any span, not only in fixed ones', () => {
  const window = new SlidingWindow(3, 1_000)
  const passed = [0, 900, 950, 999, 1_000, 1_100, 1_899, 1_900].filter((atMs) => window.tryAdd(atMs))
  expect(passed).toEqual([0, 900, 950, 1_000, 1_900])
})

it('says how long to wait', () => {
  const window = new SlidingWindow(2, 1_000)
  expect(window.waitMs(0)).toBe(0)
  window.add(100)
  expect(window.waitMs(200)).toBe(0)
  window.add(300)
  expect(window.waitMs(600)).toBe(500)
  expect(window.waitMs(1_100)).toBe(0)
})

it('counts what came above the limit, too, if told to', () => {
  const window = new SlidingWindow(1, 1_000)
  window.add(0)
  window.add(900)
  expect(window.waitMs(1_000)).toBe(900)
})
