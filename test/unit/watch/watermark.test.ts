import { describe, expect, test } from 'vitest'
import { createEngineOfRules } from '../../../src/main/engine/watch/engine-of-rules.ts'
import { Watermark } from '../../../src/main/engine/watch/watermark.ts'
import { at, failure, Ledger, shippedRule } from './support.ts'

const minute = 60_000
const hour = 60 * minute

describe('the mark', () => {
  test('is the newest event where events come in order', () => {
    const mark = new Watermark()
    for (const atMs of [at(5), at(3)]) mark.see(atMs, Number.POSITIVE_INFINITY)
    expect(mark.at(Number.POSITIVE_INFINITY)).toBe(at(5))
  })

  test('stays behind a backlog for as long as it comes, and goes on after it', () => {
    const mark = new Watermark()
    mark.see(at(0), at(1))
    mark.see(at(7_200), at(7_200))
    expect(mark.at(at(7_200))).toBe(at(0))
    mark.see(at(60), at(7_205))
    expect(mark.at(at(7_214))).toBe(at(60))
    expect(mark.at(at(7_230))).toBe(at(7_200))
  })

  test('knows of no past at first, and waits a day’s backlog', () => {
    const mark = new Watermark()
    mark.see(at(0), at(1))
    expect(mark.at(at(2))).toBe(at(0) - 24 * hour)
    expect(mark.at(at(30))).toBe(at(0))
  })

  test('is held up by no clock that is wrong by more than a day', () => {
    const mark = new Watermark()
    mark.see(at(0), at(1))
    expect(mark.at(at(30))).toBe(at(0))
    mark.see(at(-100_000), at(31))
    expect(mark.at(at(31))).toBe(at(0))
  })
})

describe('a backlog of hours', () => {
  const backlog = Array.from({ length: 40 }, (_, burst) =>
    Array.from({ length: 8 }, (_one, guess) => failure(burst * 300 + guess, { userId: `user ${burst % 7}` })),
  ).flat()
  const nowMs = at(12_000)
  const newEngine = (late: string[] = []) =>
    createEngineOfRules([shippedRule('brute-force-account')], {
      latenessMs: minute,
      report: (_reason, key) => late.push(key),
    })
  const inOrder = new Ledger()
  inOrder.apply(newEngine().push(backlog))

  test('that two workers store says what it says in order', () => {
    const late: string[] = []
    const engine = newEngine(late)
    const ledger = new Ledger()
    for (let from = 0; from < backlog.length; from += 80) {
      const storeMs = nowMs + from * 10
      ledger.apply(engine.push(backlog.slice(from + 40, from + 80), storeMs))
      ledger.apply(engine.push(backlog.slice(from, from + 40), storeMs + 500))
    }
    expect(late).toEqual([])
    expect([...ledger.alerts.keys()].toSorted()).toEqual([...inOrder.alerts.keys()].toSorted())
    expect(ledger.alerts.size).toBe(40)
  })

  test('that comes after a critical event of now is not late', () => {
    const late: string[] = []
    const engine = newEngine(late)
    const ledger = new Ledger()
    ledger.apply(engine.push([failure(12_000, { type: 'permanent_ban_applied' })], nowMs))
    for (let from = 0; from < backlog.length; from += 40)
      ledger.apply(engine.push(backlog.slice(from, from + 40), nowMs + from * 100))
    expect(late).toEqual([])
    expect([...ledger.alerts.keys()].toSorted()).toEqual([...inOrder.alerts.keys()].toSorted())
  })
})
