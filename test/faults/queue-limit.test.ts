import { expect } from 'vitest'
import { createAuditLogger } from '../../src/instrument/index.ts'
import { waitFor } from '../helpers/wait.ts'
import { faultTest } from './fault-test.ts'
import { openFaultWorld } from './fault-world.ts'
import { criticalEvery, namesBetween, numberedEvent } from './numbered.ts'
import { sized } from './scale.ts'
import { exact } from './verdict.ts'

const events = sized(20_000, 100_000)
/** The default of queue.depthLimit, and of the library's. */
const depthLimit = 10_000
const maxWaiting = 2_000
const loggedAtOnce = 100

faultTest(`more than 10,000 wait: each of ${events} events is stored once, and the overflow is counted`, async () => {
  const world = await openFaultWorld()
  await world.push(events)
  const engine = world.startEngine()
  await world.drained()

  const inQueue = events - events / criticalEvery
  expect((await engine.facts()).overflowEvents).toBe(inQueue - depthLimit)
  expect(await world.judge({ stored: namesBetween(0, events) })).toEqual(exact)
})

faultTest(`producers at the limit: of ${events} events only those are gone that are counted as dropped`, async () => {
  const world = await openFaultWorld()
  await world.redis.ping()
  const told = new Set<string>()
  const audit = createAuditLogger({ redis: world.redis, maxWaiting, onProblem: ({ code }) => void told.add(code) })
  for (let n = 0; n < events; n += loggedAtOnce) {
    audit.log(...Array.from({ length: loggedAtOnce }, (_, more) => numberedEvent(n + more)))
    await audit.flush()
  }
  expect(await world.redis.llen('audit:queue')).toBe(depthLimit)
  const { dropped, waiting } = audit.counters()
  expect({ dropped, waiting }).toEqual({ dropped: events - depthLimit - maxWaiting, waiting: maxWaiting })

  expect(told).toEqual(new Set(['RATE_LIMITED', 'TOO_LARGE']))

  world.startEngine()
  await waitFor(() => audit.counters().waiting === 0, { what: 'what waits in memory to be pushed', timeoutMs: 30_000 })
  await audit.close()
  await world.drained()
  const counters = await world.redis.hgetall('audit:counters')
  expect(counters['dropped_events']).toBe(String(dropped))
  // The oldest of those that found no room were dropped: the last of them were kept.
  const stored = [...namesBetween(0, depthLimit), ...namesBetween(events - maxWaiting, events)]
  expect(await world.judge({ stored, events })).toEqual(exact)
})
