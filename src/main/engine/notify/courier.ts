import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { backoffMs } from '../../../shared/backoff.ts'
import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import type { Database } from '../postgres/database.ts'
import type { Problems } from '../problems.ts'
import type { SignalBus } from '../signals.ts'
import { Wake } from '../throttle.ts'
import { DeliveryError } from './delivery-error.ts'
import type { Message } from './message.ts'
import { channelSince, createOutbox, tellForHours, type Outbox, type Selection, type StoredChannel } from './outbox.ts'

/** Without a signal: for what another engine stored, and for what waits for its time. */
const lookMs = 1_000
const dropEveryMs = 60_000
const hourMs = 3_600_000
const longestBackoffMs = 600_000
/** Longer than any try takes, so that nobody else begins one meanwhile. */
const leaseMs = 120_000
/** A receiver that does not answer holds up no engine that stops: its message is tried again, by whoever leads. */
const longestStopMs = 3_000

export interface CourierCounters {
  sent: number
  /** Tries that failed, and were or are done again. */
  retried: number
  /** Messages that were given up. */
  failed: number
  /** Alerts that had waited too long to be told. */
  dropped: number
}

export interface CourierDeps {
  channel: StoredChannel
  /** As the leader has it. */
  database: Database
  selection: Selection
  limits: { groupMs: number; perHour: number }
  /** @throws DeliveryError */
  send: (message: { id: string; message: Message }) => Promise<void>
  signals: SignalBus
  problems: Problems
  log: Logger
}

/**
 * Brings the alerts of one channel out of the house, in the engine that leads, one message at a time. A message is stored
 * before it is sent and marked after: what was under way when an engine died is sent again, under the same id.
 */
export function createCourier(deps: CourierDeps) {
  const { channel, database, selection, limits, send, signals, problems, log } = deps
  const counters: CourierCounters = { sent: 0, retried: 0, failed: 0, dropped: 0 }
  const wake = new Wake()
  const look = () => wake.now()
  let stopping = new AbortController()
  let running: Promise<void> | null = null
  let nextDropMs = 0

  async function run(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await database.ready(signal)
        const outbox = createOutbox(database, channel, selection, await channelSince(database, channel))
        while (!signal.aborted) {
          const isMore = await turn(outbox)
          attempt = 0
          if (!isMore) await wake.wait(lookMs, signal)
        }
      } catch (error) {
        if (signal.aborted) return
        // That PostgreSQL is away, or another engine leads, is said elsewhere.
        if (!(error instanceof GatehouseError)) {
          log.warn({ err: error, channel }, 'messages could not be looked after')
          problems.report('notify', 'messages could not be looked after: they wait', messageOf(error))
        }
        await sleep(backoffMs(attempt), undefined, { signal }).catch(() => undefined)
      }
    }
  }

  /** @returns whether there may be more to do at once */
  async function turn(outbox: Outbox): Promise<boolean> {
    if (performance.now() >= nextDropMs) {
      await dropOld(outbox)
      nextDropMs = performance.now() + dropEveryMs
    }
    const claimed = await outbox.claim(leaseMs)
    if (claimed !== null) {
      await deliver(outbox, claimed)
      return true
    }
    return (await outbox.mayWrite(limits)) && (await outbox.write()) !== null
  }

  /** A try is counted once it is on record: who sees the number finds what the status says of it. */
  async function deliver(
    outbox: Outbox,
    { id, message, attempts, ageMs }: NonNullable<Awaited<ReturnType<Outbox['claim']>>>,
  ) {
    try {
      await send({ id, message })
    } catch (error) {
      const reason = messageOf(error)
      const { isFinal, retryAfterMs } = error instanceof DeliveryError ? error : { isFinal: false, retryAfterMs: null }
      problems.report('notify', `a message could not be delivered by ${channel}`, reason)
      log.warn({ channel, reason, attempts }, 'a message could not be delivered')
      if (isFinal || ageMs > tellForHours * hourMs) {
        await outbox.settle(id, { state: 'failed', error: reason })
        counters.failed++
      } else {
        const inMs = Math.round(retryAfterMs ?? backoffMs(attempts, { longestMs: longestBackoffMs }))
        await outbox.settle(id, { state: 'waiting', error: reason, inMs })
        counters.retried++
      }
      return
    }
    await outbox.settle(id, { state: 'sent', error: null })
    counters.sent++
  }

  async function dropOld(outbox: Outbox): Promise<void> {
    const dropped = await outbox.dropOld()
    counters.dropped += dropped
    if (dropped > 0) problems.report('notify', `alerts were too old to be told by ${channel}`, `${dropped} alerts`)
  }

  return {
    start() {
      if (running !== null) return
      stopping = new AbortController()
      signals.on('alert', look)
      running = run(stopping.signal)
    },
    /** After the try that is under way, if that ends soon: then it is marked, and not done again. */
    async stop() {
      signals.off('alert', look)
      stopping.abort()
      const late = new AbortController()
      await Promise.race([running, sleep(longestStopMs, undefined, { signal: late.signal }).catch(() => undefined)])
      late.abort()
      running = null
    },
    counters: () => ({ ...counters }),
  }
}
export type Courier = ReturnType<typeof createCourier>
