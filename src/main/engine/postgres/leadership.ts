import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import type { LeadershipState } from '../../../shared/model/system.ts'
import type { Problems } from '../problems.ts'
import type { Database } from './database.ts'
import { fencedDatabase } from './fenced-database.ts'
import { leaseMs, LeaderSession, parseRecord, whoLeads, type Candidate, type LeaderRecord } from './leader-session.ts'

/** How often the leader renews its lease, and another engine asks for it: what a take-over waits for at most, beside the lease. */
const lookMs = 1_000
/** The leader stops so much before its lease ends, counted from when it last asked and was answered. */
const marginMs = 1_000

/** What only the leader does. Begins it, and ends it as soon as the signal aborts; returns when all of it has ended. */
export type Duty = (signal: AbortSignal) => Promise<void>

export interface LeadershipDeps {
  url: string | null
  database: Database
  candidate: Candidate
  problems: Problems
  log: Logger
}

/** Of all engines on one store one leads. A session of PostgreSQL that holds an advisory lock decides which one. */
export interface Leadership {
  /** Stands for leader, again and again, and does the duty whenever this engine leads. */
  start(duty: Duty): void
  /** Looks who leads, and does not stand. */
  watch(): void
  /** Ends the duty and gives the lead away. */
  stop(): Promise<void>
  /**
   * Does some work as the leader, for an engine that does not stand; null, and nothing done, while another leads.
   * @throws GatehouseError NOT_LEADER when the lead is lost meanwhile
   */
  once<T>(work: () => Promise<T>): Promise<T | null>
  state(): LeadershipState
  onState(listener: () => void): () => void
  /** For all that the duties store: see fenced-database.ts. */
  readonly database: Database
}

/** The time in which this engine leads. */
interface Tenure {
  epoch: number
  /** performance.now() until which nobody else can have got the lock. */
  untilMs: number
}

export function createLeadership({ url, database, candidate, problems, log }: LeadershipDeps): Leadership {
  const listeners = new Set<() => void>()
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  let hasLed = false
  let tenure: Tenure | null = null
  let state: LeadershipState = { leads: false, leader: null, since: null }

  function see(leads: boolean, record: LeaderRecord | null): void {
    const [leader, since] = [record?.leader ?? null, record?.since ?? null]
    if (state.leads === leads && state.leader === leader && state.since?.getTime() === since?.getTime()) return
    state = { leads, leader, since }
    for (const listener of listeners) listener()
    const missing = leads ? [] : candidate.duties.filter((duty) => record?.duties.includes(duty) === false)
    if (leader !== null && missing.length > 0) {
      const reason = 'the engine that leads does not do all that this one would: give all engines the same settings'
      problems.report('postgres', reason, `${leader} runs no ${missing.join(' and no ')}`)
    }
  }

  function epoch(): number {
    if (tenure !== null && performance.now() < tenure.untilMs) return tenure.epoch
    throw new GatehouseError(
      'NOT_LEADER',
      'This engine does not lead: what it was about to store is left to the leader.',
    )
  }

  const openSession = async (): Promise<LeaderSession> => {
    const session = new LeaderSession(url ?? '', candidate.application)
    try {
      await session.open()
    } catch (error) {
      await session.end()
      throw error
    }
    return session
  }

  /** One try. @returns when the lease then begins by our own clock, which is not later than by the server's; or null */
  async function tryToLead(session: LeaderSession): Promise<{ epoch: number; askedMs: number } | null> {
    const { locked, record } = await session.tryLock()
    if (!locked) {
      see(false, record)
      return null
    }
    const askedMs = performance.now()
    const own = await session.takeOver(record, candidate)
    hasLed = true
    log.info({ leader: own.leader, epoch: own.epoch, before: record?.leader }, 'this engine leads')
    see(true, own)
    return { epoch: own.epoch, askedMs }
  }

  /** Does some work while the lease is kept. The signal aborts when it is lost, or with `signal`. */
  async function lead<T>(
    session: LeaderSession,
    begun: { epoch: number; askedMs: number },
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const over = new AbortController()
    const done = new AbortController()
    tenure = { epoch: begun.epoch, untilMs: begun.askedMs + leaseMs - marginMs }
    const renewing = keepRenewing(session, tenure, AbortSignal.any([signal, done.signal])).finally(() => {
      tenure = null
      over.abort()
    })
    // Told at the end, when the duty has ended too.
    renewing.catch(() => undefined)
    try {
      return await work(AbortSignal.any([signal, over.signal]))
    } finally {
      done.abort()
      see(false, null)
      await renewing
    }
  }

  /** @throws whatever kept it from renewing in time */
  async function keepRenewing(session: LeaderSession, kept: Tenure, signal: AbortSignal): Promise<void> {
    for (;;) {
      const pause = sleep(lookMs, undefined, { signal }).catch(() => undefined)
      await Promise.race([pause, session.lost])
      if (signal.aborted) return
      const askedMs = performance.now()
      // However late: while the session lives nobody else has had the lock.
      await session.renew(kept.epoch)
      kept.untilMs = askedMs + leaseMs - marginMs
    }
  }

  async function stand(duty: Duty, signal: AbortSignal): Promise<void> {
    const session = await openSession()
    try {
      while (!signal.aborted) {
        const begun = await tryToLead(session)
        if (begun !== null) return await lead(session, begun, duty, signal)
        await sleep(lookMs, undefined, { signal })
      }
    } finally {
      await session.end()
    }
  }

  async function keepStanding(duty: Duty, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await database.ready(signal)
        await stand(duty, signal)
      } catch (error) {
        if (signal.aborted) return
        // While PostgreSQL is away the state of its connection says why.
        const unexpected = database.state().status === 'connected'
        if (unexpected)
          problems.report('postgres', 'the connection that holds or seeks the lead was lost', messageOf(error))
        log.warn({ reason: messageOf(error) }, 'the connection that holds or seeks the lead was lost')
        see(false, null)
        // Who lost the lead lets the others go first: what took it may well come again.
        await sleep(hasLed ? 3 * lookMs : lookMs, undefined, { signal }).catch(() => undefined)
        hasLed = false
      }
    }
  }

  async function keepWatching(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await database.ready(signal)
        const [row] = await database.query<{ record: unknown; held: boolean }>(whoLeads)
        see(false, row?.held === true ? parseRecord(row.record) : null)
      } catch (error) {
        log.debug({ reason: messageOf(error) }, 'who leads is not known')
        see(false, null)
      }
      await sleep(2 * lookMs, undefined, { signal }).catch(() => undefined)
    }
  }

  return {
    start: (duty) => void (running = keepStanding(duty, stopping.signal)),
    watch: () => void (running = keepWatching(stopping.signal)),
    async stop() {
      stopping.abort()
      await running
    },
    async once(work) {
      const session = await openSession()
      try {
        const begun = await tryToLead(session)
        return begun === null ? null : await lead(session, begun, work, stopping.signal)
      } finally {
        await session.end()
      }
    },
    state: () => state,
    onState(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    database: fencedDatabase(database, epoch),
  }
}
