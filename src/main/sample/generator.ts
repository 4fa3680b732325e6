import type { Redis } from 'ioredis'
import { createAuditLogger, type ProducedEvent } from '../../instrument/index.ts'
import { messageOf } from '../../shared/errors.ts'
import { createAttack, type AttackStep } from './attacks.ts'
import { lifecycle, sideEvents } from './events.ts'
import { busyness, createPopulation, type Person } from './population.ts'
import { createRandom } from './random.ts'
import {
  createSession,
  readSessions,
  removeSessions,
  stillAlive,
  writeSessions,
  type SampleSession,
} from './sessions.ts'

export interface GeneratorOptions {
  redis: Redis
  onProblem: (message: string) => void
  seed?: number
  people?: number
  /** Logins a second at the busiest hour. */
  peakLoginsPerSecond?: number
}

const tickMs = 1_000
const firstAttackAfterMs = 8_000
const attackEveryMs = 75_000

/**
 * The traffic of a web application with some thousands of users: logins by the hour of their homes, activity, logouts,
 * forgotten passwords, and now and then an attack, labelled in `metadata.sample_label`.
 */
export function createGenerator({
  redis,
  onProblem,
  seed = 20_261_120,
  people = 3_000,
  peakLoginsPerSecond = 2.5,
}: GeneratorOptions) {
  const random = createRandom(seed)
  const population = createPopulation(random, people)
  // The history of the first start is more than an application would leave waiting.
  const logger = createAuditLogger({ redis, depthLimit: 1_000_000, onProblem: ({ message }) => onProblem(message) })
  let live: SampleSession[] = []
  /** Until when somebody is logged in on a device, and does not log in there again. */
  const loggedInUntilMs = new Map<string, number>()
  let pending: { atMs: number; event: ProducedEvent }[] = []
  let attacks = 0
  let nextAttackMs = 0
  let timer: NodeJS.Timeout | undefined
  let ticking: Promise<void> = Promise.resolve()

  const chooseWho = (nowMs: number): Person | null => {
    const person = random.pick(population)
    return random.next() * 1.7 < busyness(person, nowMs) * person.weight ? person : null
  }

  const openSession = (person: Person, nowMs: number): SampleSession => {
    const device = random.between(0, person.agents.length - 1)
    const ip = person.addresses[Math.min(device, person.addresses.length - 1)] ?? '198.18.0.1'
    const agent = person.agents[device] ?? ''
    return createSession(person, ip, agent, nowMs, nowMs + random.between(2, 90) * 60_000)
  }

  function arrivals(nowMs: number): { opened: SampleSession[]; events: ProducedEvent[] } {
    const opened: SampleSession[] = []
    const events: ProducedEvent[] = []
    for (let tries = random.poisson(peakLoginsPerSecond * 1.7); tries > 0; tries--) {
      const person = chooseWho(nowMs)
      if (person === null) continue
      const session = openSession(person, nowMs)
      const device = `${person.userId} ${session.agent}`
      if ((loggedInUntilMs.get(device) ?? 0) > nowMs) continue
      loggedInUntilMs.set(device, session.leavesMs)
      // Forgotten passwords: one login in twelve takes one to three tries.
      const mistakes = random.next() < 1 / 12 ? random.between(1, 3) : 0
      for (let i = 0; i < mistakes; i++) events.push(lifecycle('failed_login', session, nowMs - (mistakes - i) * 4_000))
      events.push(lifecycle('login', session, nowMs))
      opened.push(session)
    }
    return { opened, events }
  }

  function activity(nowMs: number): SampleSession[] {
    return live.filter((session) => {
      if (random.next() > 0.012 * session.person.weight) return false
      session.lastActiveMs = nowMs
      session.calls += random.between(1, 6)
      return true
    })
  }

  function attackEvents(nowMs: number): ProducedEvent[] {
    if (nowMs >= nextAttackMs) {
      const begin = (step: AttackStep) => ({ atMs: nowMs + step.afterMs, event: step.event })
      pending.push(...createAttack(attacks++, random, population).map(begin))
      nextAttackMs = nowMs + attackEveryMs
    }
    const due = pending.filter((step) => step.atMs <= nowMs)
    pending = pending.filter((step) => step.atMs > nowMs)
    return due.map(({ event, atMs }) => ({ ...event, created_at: new Date(atMs).toISOString() }))
  }

  async function tick(nowMs: number): Promise<void> {
    const { opened, events } = arrivals(nowMs)
    const leaving = live.filter((session) => session.leavesMs <= nowMs)
    live = live.filter((session) => session.leavesMs > nowMs)
    const quiet = leaving.filter(() => random.next() < 0.4)
    const loggedOut = leaving.filter((session) => !quiet.includes(session))
    // A session that somebody revoked must not be written again: that would be a returning session.
    const touched = await stillAlive(redis, activity(nowMs))
    live.push(...opened)
    await writeSessions(redis, [...opened, ...touched])
    await removeSessions(redis, loggedOut)
    logger.log(
      ...events,
      ...loggedOut.map((session) => lifecycle('logout', session, nowMs)),
      ...sideEvents(random, live, nowMs),
      ...attackEvents(nowMs),
    )
    if (random.next() < 1 / 600) await logger.logCritical(permanentBan(random.pick(population)))
  }

  return {
    /** Takes up the sessions that an earlier run left in Redis. */
    async adopt(): Promise<void> {
      const byUser = new Map(population.map((person) => [person.userId, person]))
      const nowMs = Date.now()
      for (const left of await readSessions(redis)) {
        const person = byUser.get(left.userId)
        if (person === undefined) continue
        const leavesMs = nowMs + random.between(2, 90) * 60_000
        live.push({ ...createSession(person, left.ip, left.agent, nowMs, leavesMs), id: left.id, calls: left.calls })
      }
    },
    /** What went before the first start: logins and logouts of the last hours, and the sessions that they left open. */
    async seedHistory(hours: number): Promise<void> {
      const nowMs = Date.now()
      for (let minuteMs = nowMs - hours * 3_600_000; minuteMs < nowMs; minuteMs += 60_000) {
        const seconds = Array.from({ length: 60 }, (_, second) => arrivals(minuteMs + second * 1_000))
        const opened = seconds.flatMap((second) => second.opened)
        const stays = opened.filter((session) => session.leavesMs >= nowMs)
        for (const session of stays) {
          session.lastActiveMs = Math.max(session.startedMs, nowMs - random.between(0, 25) * 60_000)
          session.calls = random.between(1, 120)
        }
        live.push(...stays)
        await writeSessions(redis, stays)
        const left = opened.filter((session) => session.leavesMs < nowMs)
        logger.log(
          ...seconds.flatMap((second) => second.events),
          ...left.map((session) => lifecycle('logout', session, session.leavesMs)),
        )
        await logger.flush()
      }
    },
    start(): void {
      nextAttackMs = Date.now() + firstAttackAfterMs
      timer = setInterval(() => {
        // One tick at a time; a failed one (Redis going down) is skipped, the next one tries again.
        ticking = ticking
          .then(() => tick(Date.now()))
          .catch((error: unknown) => onProblem(`A second of sample traffic was skipped: ${messageOf(error)}`))
      }, tickMs)
    },
    async stop(): Promise<void> {
      clearInterval(timer)
      await ticking
      await logger.close()
    },
  }
}

const permanentBan = (person: Person): ProducedEvent => ({
  event_type: 'permanent_ban_applied',
  event_category: 'critical',
  user_id: person.userId,
  resource_type: 'user',
  resource_id: person.userId,
  description: 'Banned after repeated abuse reports',
  metadata: { sample_label: 'ban' },
})
