import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { messageOf } from '../../../shared/errors.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Database } from '../postgres/database.ts'
import type { Problems } from '../problems.ts'
import type { SignalBus } from '../signals.ts'
import { FactWriter } from './fact-writer.ts'
import { minuteOf, type Fact } from './fact.ts'
import { MinuteFacts, type MinuteReadings } from './minute-facts.ts'
import { PeopleFacts } from './people-facts.ts'
import { RevokedWatch, watchedMs } from './revoked-watch.ts'
import { dropFloorPercent, DropWatch, percentOf, sampleMs, type Drop } from './session-drop.ts'
import { explainedEnds, liveAmong, loginsByMinute, revokedSince } from './store-facts.ts'

const minuteMs = 60_000
/** A minute is judged so long after it ended: by then its logins are stored. */
const settleMs = 5_000
const peopleEveryMs = 600_000

/** What the engine measures of itself, now. */
export interface Readings extends Omit<MinuteReadings, 'logins'> {
  redisConnected: boolean
  /** Sessions in Redis; null before the mirror has read all of them, and where it does not run. */
  liveSessions: number | null
  /** When the rows of sessions were what Redis held; null while that is not known. */
  mirroredAt: Date | null
}

export interface ObserverDeps {
  /** Of the leader: another engine's facts and this one's are never stored together. */
  database: Database
  signals: SignalBus
  problems: Problems
  log: Logger
  readings: () => Readings
  /** Between two looks. */
  everyMs?: number
}

export interface Observer {
  start(): void
  /** Stops after the look that is under way, and forgets. */
  stop(): Promise<void>
}

/**
 * Writes down, as events among the others, what the engine notices of the system itself: so that rules can look at it, and
 * an attack and an outage stand side by side. It writes little, and nothing on a quiet day.
 */
export function createObserver(deps: ObserverDeps): Observer {
  let running: { stop: AbortController; ended: Promise<void> } | null = null

  async function run(signal: AbortSignal): Promise<void> {
    const look = new Look(deps)
    const note = (events: readonly AuditEvent[]) => look.revoked.note(events)
    deps.signals.on('stored', note).on('storedElsewhere', note)
    try {
      while (!signal.aborted) {
        try {
          await look.at(new Date())
        } catch (error) {
          deps.log.debug({ reason: messageOf(error) }, 'the observer could not look; it looks again')
          if (deps.database.state().status === 'connected' && !signal.aborted) {
            deps.problems.report('watch', 'the observer could not look at all it should', messageOf(error))
          }
        }
        await sleep(deps.everyMs ?? sampleMs, undefined, { signal }).catch(() => undefined)
      }
    } finally {
      deps.signals.off('stored', note).off('storedElsewhere', note)
    }
  }

  return {
    start() {
      if (running !== null) return
      const stop = new AbortController()
      running = { stop, ended: run(stop.signal) }
    },
    async stop() {
      running?.stop.abort()
      await running?.ended
      running = null
    },
  }
}

/** What is remembered from one look to the next. */
export class Look {
  readonly #deps: ObserverDeps
  readonly #writer: FactWriter
  readonly #minutes = new MinuteFacts()
  readonly #drops = new DropWatch()
  readonly #people: PeopleFacts
  readonly revoked: RevokedWatch
  /** The minute that is judged next; null before the first look. */
  #minute: Date | null = null
  /** One that was not compared with what explains it. */
  #drop: Drop | null = null
  #peopleDueMs = 0

  constructor(deps: ObserverDeps) {
    this.#deps = deps
    this.#writer = new FactWriter(deps)
    const leftOut = (what: string) => deps.problems.report('watch', 'more than an observer tells at a time', what)
    this.#people = new PeopleFacts(deps.database, leftOut)
    this.revoked = new RevokedWatch((count) => leftOut(`${count} revoked sessions are no longer watched`))
  }

  /** @throws GatehouseError POSTGRES_UNAVAILABLE, NOT_LEADER; what was noticed by then is kept */
  async at(now: Date): Promise<void> {
    const readings = this.#deps.readings()
    // Samples first: they cannot be taken later.
    if (readings.redisConnected) this.#drop = this.#drops.look(readings.liveSessions, now) ?? this.#drop
    if (this.#drop !== null) this.#writer.add(await this.#unexplained(this.#drop))
    this.#drop = null
    if (this.#minute === null) await this.#begin(now)
    this.#writer.add(await this.#minuteFacts(now, readings))
    if (readings.mirroredAt !== null) this.#writer.add(await this.#livingRevoked(now, readings.mirroredAt))
    if (now.getTime() >= this.#peopleDueMs) {
      this.#peopleDueMs = now.getTime() + peopleEveryMs
      this.#writer.add(await this.#people.look(now))
    }
    await this.#writer.flush()
  }

  async #begin(now: Date): Promise<void> {
    const { database } = this.#deps
    const minute = minuteOf(now.getTime())
    const history = await loginsByMinute(database, new Date(minute.getTime() - 60 * minuteMs), minute)
    // What lies before the first login that is known says nothing of what is usual.
    this.#minutes.recall(history.slice(history.findIndex((logins) => logins > 0) >>> 0))
    const revocations = await revokedSince(database, new Date(now.getTime() - watchedMs))
    this.revoked.note(revocations.map(({ at, ...rest }) => ({ ...rest, type: 'revoked', createdAt: at })))
    this.#minute = minute
  }

  async #minuteFacts(now: Date, readings: Readings): Promise<Fact[]> {
    const minute = this.#minute
    if (minute === null || now.getTime() < minute.getTime() + minuteMs + settleMs) return []
    const end = new Date(minute.getTime() + minuteMs)
    const [logins = null] = await loginsByMinute(this.#deps.database, minute, end)
    // After a pause, of sleep or of PostgreSQL, the minutes in between have no measurements of their own.
    this.#minute = new Date(Math.max(end.getTime(), minuteOf(now.getTime()).getTime() - minuteMs))
    return this.#minutes.judge(minute, { ...readings, logins })
  }

  async #unexplained({ from, to }: Drop): Promise<Fact[]> {
    const explained = await explainedEnds(this.#deps.database, from.at, new Date())
    const dropPercent = percentOf(Math.max(0, from.live - to.live - explained), from.live)
    if (dropPercent < dropFloorPercent) return []
    return [
      {
        kind: 'session_drop',
        at: minuteOf(to.at.getTime()),
        key: to.at.toISOString(),
        description: `${from.live} sessions became ${to.live}; ${explained} of them logged out, expired or were revoked`,
        metadata: { from: from.live, to: to.live, explained, drop_percent: dropPercent },
      },
    ]
  }

  /** As the mirror had it: what was revoked a moment before that may not have reached it. */
  async #livingRevoked(now: Date, mirroredAt: Date): Promise<Fact[]> {
    const due = this.revoked.due(Math.min(now.getTime(), mirroredAt.getTime()))
    if (due.length === 0) return []
    return this.revoked.told(await liveAmong(this.#deps.database, due), now.getTime())
  }
}
