import { expect, test } from 'vitest'
import { SecondCounter } from '../../../src/main/engine/sessions/second-counter.ts'

test('the rate is that of the last second that is over', () => {
  const counter = new SecondCounter()
  counter.add(3, 1_200)
  counter.add(4, 1_900)
  expect(counter.lastSecond(1_950)).toBe(0)
  expect(counter.lastSecond(2_100)).toBe(7)
  expect(counter.lastSecond(3_100)).toBe(0)
  counter.add(1, 9_000)
  expect(counter.lastSecond(10_500)).toBe(1)
})
