import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { backoffMs } from '../../../../shared/backoff.ts'
import { messageOf } from '../../../../shared/errors.ts'
import type { RedisKey } from '../../../../shared/model/ids.ts'
import type { TrackingState } from '../../../../shared/model/system.ts'
import type { RedisConnection } from '../../redis/connection.ts'
import { openTracked, trackNode } from './track-node.ts'
import { explainRefusal } from './tracking-refusal.ts'

/** A Redis that refuses is asked again: its ACL may be extended while the engine runs. */
const refusedRetryMs = 60_000

export interface TrackingOptions {
  redis: RedisConnection
  /** What the keys to follow begin with: asked each time that tracking is set up. */
  prefixes(): readonly string[]
  timeoutMs: number
  touched(keys: readonly RedisKey[]): void
  /** Changes up to now may have gone unnamed. */
  unsure(reason: string): void
  /** Redis will not; told once for each reason. */
  refused(reason: string): void
}

/**
 * Keeps all servers of a Redis naming the keys that are touched. What is lost of one is lost of all: they are set up
 * anew together.
 */
export class Tracking {
  readonly #options: TrackingOptions
  #state: Pick<TrackingState, 'status' | 'reason'> = { status: 'off', reason: 'the mirror does not run in this engine' }
  #clients: readonly Redis[] = []
  #prefixes: readonly string[] = []
  #refusal: string | null = null
  /** Aborted to end the present connections. */
  #life = new AbortController()
  #settled = Promise.withResolvers<void>()
  #running: { stop: AbortController; ended: Promise<void> } | null = null

  constructor(options: TrackingOptions) {
    this.#options = options
  }

  state(): Pick<TrackingState, 'status' | 'reason'> {
    return { ...this.#state }
  }

  start(): void {
    if (this.#running !== null) return
    const stop = new AbortController()
    this.#settled = Promise.withResolvers<void>()
    this.#running = { stop, ended: this.#keep(stop.signal) }
  }

  async stop(): Promise<void> {
    this.#running?.stop.abort(new Error('stopped'))
    this.#settled.resolve()
    await this.#running?.ended
    this.#running = null
  }

  /** Resolves once it is known whether Redis names keys, at once where it is not asked to. */
  async settled(): Promise<void> {
    if (this.#running !== null) await this.#settled.promise
  }

  /**
   * Resolves when all that Redis named before this call has been received.
   * @throws Error when a connection is lost
   */
  async caughtUp(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.ping()))
  }

  /** Whether Redis names this key when it is touched. */
  covers(key: RedisKey): boolean {
    return this.#state.status === 'on' && this.#prefixes.some((prefix) => key.startsWith(prefix))
  }

  /** Sets tracking up anew where other prefixes are in use than before. */
  renew(): void {
    if (this.#state.status === 'off') return
    if (outermost(this.#options.prefixes()).join('\0') !== this.#prefixes.join('\0')) {
      this.#life.abort(new Error('other prefixes are in use'))
    }
  }

  async #keep(stop: AbortSignal): Promise<void> {
    const forget = this.#options.redis.onNodes(() => this.#life.abort(new Error('the servers of the Cluster changed')))
    for (let attempt = 1; !stop.aborted; attempt++) {
      this.#life = new AbortController()
      const signal = AbortSignal.any([stop, this.#life.signal])
      try {
        await this.#live(signal)
      } catch (error) {
        if (this.#end(error)) attempt = 0
      }
      const pauseMs = this.#refusal === null ? backoffMs(attempt) : refusedRetryMs
      // Rejects when stopped, which the loop's condition sees.
      await sleep(pauseMs, undefined, { signal: stop }).catch(() => undefined)
    }
    forget()
  }

  /** One set of connections, until one of them is lost. */
  async #live(signal: AbortSignal): Promise<never> {
    const { redis, prefixes, timeoutMs, touched, unsure } = this.#options
    await redis.ready(signal)
    this.#prefixes = outermost(prefixes())
    this.#clients = redis.nodes().map((node) => openTracked(node, timeoutMs))
    if (this.#clients.length === 0) throw new Error('no server of the Cluster is known yet')
    let missing = this.#clients.length
    const on = () => {
      missing--
      if (missing > 0 || this.#life.signal.aborted) return
      this.#state = { status: 'on', reason: null }
      this.#settled.resolve()
      this.#refusal = null
      unsure('Redis names touched keys from now on')
    }
    const flushed = () => unsure('all keys were deleted at once')
    // Of one that has ended already the driver would wait two seconds for the end.
    const disconnect = () => this.#clients.forEach((client) => client.status !== 'end' && client.disconnect())
    signal.addEventListener('abort', disconnect, { once: true })
    try {
      return await Promise.race(
        this.#clients.map((client) => trackNode(client, this.#prefixes, { on, touched, flushed })),
      )
    } catch (error) {
      // What the connections say after they were closed from here is not the reason.
      throw signal.aborted ? signal.reason : error
    } finally {
      signal.removeEventListener('abort', disconnect)
      this.#life.abort()
      disconnect()
    }
  }

  /** @returns whether it had been on */
  #end(error: unknown): boolean {
    const { unsure, refused } = this.#options
    const wasOn = this.#state.status === 'on'
    const refusal = explainRefusal(error)
    const reason = refusal ?? messageOf(error)
    this.#state = { status: 'off', reason }
    this.#settled.resolve()
    if (refusal !== null && refusal !== this.#refusal) refused(refusal)
    this.#refusal = refusal
    if (wasOn) unsure(reason)
    return wasOn
  }
}

/** Redis refuses prefixes of which one begins with another: the shorter covers both. */
function outermost(prefixes: readonly string[]): readonly string[] {
  return prefixes.filter((prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other))).toSorted()
}
