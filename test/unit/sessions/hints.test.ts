import { beforeEach, expect, test } from 'vitest'
import { Hints } from '../../../src/main/engine/sessions/hints.ts'
import type { RedisKey } from '../../../src/shared/model/ids.ts'

let hints: Hints
let wakes: number
beforeEach(() => {
  wakes = 0
  hints = new Hints(5, () => wakes++)
})
const keys = (...names: string[]) => names as RedisKey[]

test('a key waits once however often it is named, and whoever reads is woken once', () => {
  hints.receive(keys('a', 'b', 'a'))
  hints.receive(keys('a'))
  expect(hints.take(10)).toEqual(['a', 'b'])
  expect(hints.counters.received).toBe(4)
  expect(wakes).toBe(1)
})

test('what was taken and could not be written waits again, what was done does not', () => {
  hints.receive(keys('a', 'b', 'c'))
  hints.done(hints.take(1))
  hints.take(1)
  hints.receive(keys('d'))
  hints.putBack()
  expect(hints.take(10).toSorted()).toEqual(['b', 'c', 'd'])
})

test('too many: none of them waits any more, all are counted, and a reconcile is due', () => {
  hints.receive(keys('a', 'b', 'c', 'd', 'e'))
  expect(hints.loss).toBeNull()
  hints.receive(keys('f'))
  expect(hints).toMatchObject({ waiting: 0, loss: 'more than 5 hints waited', counters: { dropped: 6 } })
  hints.receive(keys('g'))
  expect(hints.waiting).toBe(0)

  // Once it has begun, it may have passed the key already.
  hints.beginReconcile(false)
  hints.receive(keys('h'))
  expect(hints.loss).not.toBeNull()
  hints.completeReconcile([])
  expect(hints).toMatchObject({ waiting: 1, loss: null })
})

test('a loss during a reconcile is not made good by it', () => {
  hints.beginReconcile(true)
  hints.lose('the connection was lost')
  hints.completeReconcile([])
  expect(hints.loss).toBe('the connection was lost')
  hints.beginReconcile(true)
  hints.abandonReconcile()
  expect(hints.loss).toBe('a reconcile failed')
  hints.beginReconcile(true)
  hints.completeReconcile([])
  expect(hints.loss).toBeNull()
})

test('missed is what a reconcile found and nobody named, if nothing was lost since the one before', () => {
  const reconcile = (...found: string[]) => {
    hints.beginReconcile(true)
    hints.receive(keys('during'))
    hints.done(hints.take(10))
    return hints.completeReconcile(keys(...found))
  }
  expect(reconcile('before anything was named')).toEqual([])
  hints.receive(keys('waited'))
  expect(reconcile('waited', 'during', 'unnamed')).toEqual(['unnamed'])
  hints.lose('the connection was lost')
  expect(reconcile('unnamed while it was lost')).toEqual([])
  expect(reconcile('unnamed')).toEqual(['unnamed'])
  expect(hints.counters.missed).toBe(2)
})
