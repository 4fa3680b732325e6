import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { giveWay, urgently } from '../../src/main/engine/giving-way.ts'

test('a piece of long work comes after what is urgent, and urgent work yields its result', async () => {
  const order: string[] = []
  const urgent = urgently(async () => {
    await nextTurn()
    await nextTurn()
    order.push('urgent')
    return 7
  })
  await Promise.all([urgent, giveWay().then(() => order.push('piece'))])
  expect(order).toEqual(['urgent', 'piece'])
  expect(await urgent).toBe(7)
})

test('it comes in the end while something stays urgent, and what is urgent fails as it does', async () => {
  const { promise, reject } = Promise.withResolvers<never>()
  const urgent = urgently(() => promise)
  await giveWay()
  reject(new Error('refused'))
  await expect(urgent).rejects.toThrow('refused')
})
