import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { batchSize, modestSizes } from '../../../src/main/engine/queue/batch-size.ts'
import { createTurns } from '../../../src/main/engine/queue/turns.ts'

/** Work that begins and ends as it is told. */
function openWork(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const work = () => {
    log.push(name)
    return promise
  }
  return { work, end: () => resolve(name), fail: () => reject(new Error(name)) }
}

test('batches are stored beside each other until a critical item comes, then one after the other', async () => {
  let nowMs = 0
  const turns = createTurns(() => nowMs)
  const log: string[] = []
  const open = (name: string) => openWork(log, name)
  const [a, b, c, d, e] = [open('a'), open('b'), open('c'), open('d'), open('e')]
  const first = [turns.take(a.work), turns.take(b.work)]
  expect(log).toEqual(['a', 'b'])

  turns.criticalCame()
  const third = turns.take(c.work)
  const fourth = turns.take(d.work)
  a.end()
  await nextTurn()
  expect(log).toEqual(['a', 'b'])
  // What fails makes room as well.
  b.fail()
  await nextTurn()
  expect(log).toEqual(['a', 'b', 'c'])
  expect(await first[0]).toBe('a')
  await expect(first[1]).rejects.toThrow('b')

  // Nothing critical for so long: nobody waits.
  nowMs = 1_000
  const fifth = turns.take(e.work)
  expect(log).toEqual(['a', 'b', 'c', 'e'])
  c.end()
  e.end()
  await nextTurn()
  expect(log).toEqual(['a', 'b', 'c', 'e', 'd'])
  d.end()
  expect(await Promise.all([third, fourth, fifth])).toEqual(['c', 'd', 'e'])
})

test('the size of the largest batches is that of large ones while critical items come', () => {
  const sizes = { small: 100, medium: 300, large: 1_000, bulk: 2_500, mediumFrom: 1, largeFrom: 2, bulkFrom: 3 }
  expect([0, 1, 2, 3].map((waiting) => batchSize(modestSizes(sizes), waiting, 0))).toEqual([100, 300, 1_000, 1_000])
  expect(modestSizes({ ...sizes, bulk: 500 }).bulk).toBe(500)
})
