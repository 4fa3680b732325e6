import { expect } from 'vitest'
import { faultTest } from './fault-test.ts'
import { openFaultWorld } from './fault-world.ts'
import { nameOf, namesBetween } from './numbered.ts'
import { sized } from './scale.ts'
import { exact } from './verdict.ts'

const events = sized(10_000, 100_000)
const poisonEvery = 1_000

/** No two of its characters compress: an index row of two such texts is longer than PostgreSQL can hold. */
const incompressible = (seed: number) =>
  Array.from({ length: 512 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7919 + seed * 104_729) % 20_000))).join('')

const isPoison = (n: number) => n % poisonEvery === 7
const badItem = (n: number) =>
  isPoison(n)
    ? JSON.stringify({
        action: 'poisoned',
        user_id: nameOf(n),
        resource_type: incompressible(n),
        resource_id: incompressible(n + 1),
      })
    : null

faultTest(`one poison row in 1,000: 999 are stored, one is in audit:failed, of ${events} events`, async () => {
  const world = await openFaultWorld()
  await world.push(events, { badItem })
  const engine = world.startEngine()
  await world.drained()

  expect((await engine.facts()).failedItems).toBe(events / poisonEvery)
  const letters = await world.redis.lrange('audit:failed', 0, '-1')
  for (const letter of letters) {
    expect((JSON.parse(letter) as { reason: string }).reason).toMatch(/^PostgreSQL refuses it: .* \(SQLSTATE 54000\)$/)
  }
  const names = namesBetween(0, events)
  const verdict = await world.judge({
    stored: names.filter((_, n) => !isPoison(n)),
    failed: names.filter((_, n) => isPoison(n)),
  })
  expect(verdict).toEqual(exact)
})
