import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { faultTest } from './fault-test.ts'
import { openFaultWorld } from './fault-world.ts'
import { nameOf, namesBetween } from './numbered.ts'
import { createRandom } from './random.ts'
import { sized } from './scale.ts'
import { exact } from './verdict.ts'

const kills = sized(15, 120)
/** Pushed before each kill, so that there is work amid which to die, on whatever machine. */
const eventsEach = sized(500, 1_000)
const events = kills * eventsEach
const everyMs = 300
/** A victim dies at a random moment within this time after work has come. */
const mostMsAfter = 40
/** Every so-manieth item is none, and has to be among the failed ones, once. */
const brokenEvery = 1_000
/** A third of the kills has to come amid a batch, or the test would show little. */
const leastInterrupted = Math.floor(kills / 3)
/** The larger is claimed in two commands, between which a claim can die too. */
const batchSizes = [250, 1_200]

const isBroken = (n: number) => n % brokenEvery === 7
const badItem = (n: number) => (isBroken(n) ? `{"broken":"${nameOf(n)}"` : null)

faultTest(`every 300 ms one of three engines is killed: each of ${events} events is stored once`, async () => {
  const random = createRandom('kill-drain')
  const world = await openFaultWorld()
  const start = () => world.startEngine({ batchSize: batchSizes[Math.floor(random() * batchSizes.length)]! })
  const engines = [start(), start(), start()]
  let interrupted = 0
  for (let kill = 0; kill < kills; kill++) {
    const next = sleep(everyMs)
    const victim = await Promise.race(
      shuffled(engines, random).map(async (engine) => engine.draining.then(() => engine)),
    )
    await world.push(eventsEach, { badItem })
    await sleep(random() * mostMsAfter)
    await victim.kill()
    const owners = await world.redis.hvals('audit:owners')
    if (owners.some((owner) => owner.startsWith(`${victim.engineId}/`))) interrupted++
    engines[engines.indexOf(victim)] = start()
    await next
  }
  await world.drained()

  console.log(`kill-drain: ${kills} kills, ${interrupted} amid a batch`)
  expect(interrupted).toBeGreaterThanOrEqual(leastInterrupted)
  const names = namesBetween(0, events)
  const verdict = await world.judge({
    stored: names.filter((_, n) => !isBroken(n)),
    failed: names.filter((_, n) => isBroken(n)),
  })
  expect(verdict).toEqual(exact)
})

const shuffled = <T>(list: readonly T[], random: () => number): T[] =>
  list
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
