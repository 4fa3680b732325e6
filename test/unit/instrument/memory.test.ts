import { expect, test } from 'vitest'
import { GuardMemory } from '../../../src/instrument/guard-memory.ts'
import { MemoryWindows } from '../../../src/instrument/memory-windows.ts'

test('a window in memory slides: a request exactly a window old counts no more', () => {
  const windows = new MemoryWindows(2, 1_000)
  expect(windows.take('a', 0)).toEqual({ allowed: true, remaining: 1, resetMs: 1_000 })
  expect(windows.take('a', 600)).toEqual({ allowed: true, remaining: 0, resetMs: 400 })
  expect(windows.take('a', 999)).toEqual({ allowed: false, remaining: 0, resetMs: 1 })
  expect(windows.take('b', 999)).toMatchObject({ allowed: true })
  expect(windows.take('a', 1_000)).toEqual({ allowed: true, remaining: 0, resetMs: 600 })
  expect(windows.take('a', 1_001)).toMatchObject({ allowed: false })
})

test('windows in memory are bounded: the subject unused for longest is forgotten', () => {
  const windows = new MemoryWindows(1_000, 60_000)
  const use = (subject: string, times: number): void => {
    for (let n = 0; n < times; n++) windows.take(subject, n)
  }
  use('first', 1_000)
  use('second', 1_000)
  for (let n = 0; n < 98; n++) use(`other ${n}`, 1_000)
  expect(windows.take('first', 1_000)).toMatchObject({ allowed: false })
  use('one more', 1)
  // 100,000 were remembered: the second, not the first, had to go.
  expect(windows.take('second', 1_000)).toMatchObject({ allowed: true, remaining: 999 })
  expect(windows.take('first', 1_000)).toMatchObject({ allowed: false })
})

test('locks in memory grow, end, and are forgotten after a time without one', () => {
  const memory = new GuardMemory({
    limit: 2,
    windowMs: 100,
    lockMs: 1_000,
    maxLockMs: 3_000,
    forgetMs: 10_000,
    banAfterLocks: null,
  })
  let nowMs = 0
  const lock = (): number => {
    memory.begin('a', `${nowMs} 1`, nowMs)
    memory.begin('a', `${nowMs} 2`, nowMs)
    memory.failed('a', `${nowMs} 1`, nowMs)
    return memory.failed('a', `${nowMs} 2`, nowMs).lockMs
  }
  for (const expected of [1_000, 2_000, 3_000, 3_000]) {
    expect(lock()).toBe(expected)
    expect(memory.begin('a', 'next', nowMs + expected - 1)).toEqual({ allowed: false, retryAfterMs: 1 })
    nowMs += expected
  }
  nowMs += 10_000
  expect(lock()).toBe(1_000)
})
