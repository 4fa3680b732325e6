import { expect, test } from 'vitest'
import { DropWatch, sampleMs } from '../../../src/main/engine/observe/session-drop.ts'

/** The drops that a course of live sessions tells, as [from, to]. */
function dropsOf(course: readonly (number | null)[]): [number, number][] {
  const watch = new DropWatch()
  return course.flatMap((live, index) => {
    const drop = watch.look(live, new Date(index * sampleMs))
    return drop === null ? [] : [[drop.from.live, drop.to.live] as [number, number]]
  })
}

test('a drop is told once, when it is over', () => {
  expect(dropsOf([100, 100, 60, 60, 60, 60])).toEqual([[100, 60]])
  expect(dropsOf([100, 90, 70, 40, 40, 41, 41])).toEqual([[100, 40]])
})

test('a drop that goes on is told after the minute, and what follows is measured from there', () => {
  const falling = Array.from({ length: 14 }, (_, index) => 1_000 - index * 50)
  expect(dropsOf(falling)).toEqual([[1_000, 400]])
  expect(dropsOf([...falling, 200, 200])).toEqual([
    [1_000, 400],
    [400, 200],
  ])
})

test('a slow decline, a small one and a few people who leave are none', () => {
  expect(dropsOf(Array.from({ length: 100 }, (_, index) => 1_000 - index * 5))).toEqual([])
  expect(dropsOf([100, 80, 80])).toEqual([])
  expect(dropsOf([19, 2, 2])).toEqual([])
})

test('a mirror that has not read everything, or begins again, tells no drop', () => {
  expect(dropsOf([null, 10, 200, 1_000])).toEqual([])
  expect(dropsOf([1_000, null, 10, 10, 1_000])).toEqual([])
})

test('growth within the minute does not hide a drop', () => {
  expect(dropsOf([50, 100, 60, 60])).toEqual([[100, 60]])
})
