import { afterEach, expect } from 'vitest'
import { startRelay } from '../helpers/relay.ts'
import { releaseAll } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'
import { faultTest } from './fault-test.ts'
import { openLeadWorld } from './lead-world.ts'

afterEach(releaseAll)

faultTest('the leader is killed: another leads, each session and each attack is counted once', async () => {
  const world = await openLeadWorld()
  const consoles = await world.start([world.postgresUrl, world.postgresUrl, world.postgresUrl])
  const first = await world.leader(consoles)
  const traffic = await world.startTraffic()
  await world.goesOn()
  first.signal('SIGKILL')
  const second = await world.leader(consoles, first)
  await world.goesOn()
  expect(await world.findFaults(traffic)).toEqual([])
  const [third] = consoles.filter((one) => one !== first && one !== second)
  expect((await third?.status())?.leadership).toMatchObject({ leads: false, leader: second.name })
})

faultTest('the leader stands still and goes on: it writes nothing any more, and follows', async () => {
  const world = await openLeadWorld()
  const consoles = await world.start([world.postgresUrl, world.postgresUrl, world.postgresUrl])
  const first = await world.leader(consoles)
  const application = await world.application()
  const traffic = await world.startTraffic()
  await world.goesOn()
  first.signal('SIGSTOP')
  const second = await world.leader(consoles, first)
  const written = await world.writesOf(application)
  expect(written).toBeGreaterThan(0)
  first.signal('SIGCONT')
  await waitFor(async () => (await first.status()).leadership.leader === second.name, { what: 'the first to follow' })
  await world.goesOn()
  expect(await world.findFaults(traffic)).toEqual([])
  expect(await world.writesOf(application)).toBe(written)
})

faultTest('the leader loses PostgreSQL and finds it again: another led meanwhile, and stays the leader', async () => {
  const world = await openLeadWorld()
  const relays = await Promise.all([1, 2, 3].map(() => startRelay(Number(new URL(world.postgresUrl).port))))
  const throughRelay = ({ port }: { port: number }) => {
    const url = new URL(world.postgresUrl)
    url.port = String(port)
    return url.href
  }
  const consoles = await world.start(relays.map(throughRelay))
  const first = await world.leader(consoles)
  const application = await world.application()
  const traffic = await world.startTraffic()
  await world.goesOn()
  const relay = relays[consoles.indexOf(first)]
  relay?.cut()
  const second = await world.leader(consoles, first)
  const written = await world.writesOf(application)
  await waitFor(async () => !(await first.status()).leadership.leads, { what: 'the first to stop leading' })
  relay?.mend()
  await waitFor(async () => (await first.status()).leadership.leader === second.name, {
    what: 'the first to follow',
    timeoutMs: 20_000,
  })
  await world.goesOn()
  expect(await world.findFaults(traffic)).toEqual([])
  expect(await world.writesOf(application)).toBe(written)
})
