import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool, type ClientConfig, type PoolClient } from 'pg'
import type { Logger } from 'pino'
import { backoffMs } from '../../../shared/backoff.ts'
import { GatehouseError } from '../../../shared/errors.ts'
import type { ConnectionState } from '../../../shared/model/system.ts'
import type { Config } from '../config-schema.ts'
import { ConnectionStatus } from '../connection-status.ts'
import { clientOptions } from './client-options.ts'
import type { Database } from './database.ts'
import { explainFailure } from './failure.ts'
import { Keeper } from './keeper.ts'
import { migrateOn } from './migrate.ts'
import { NoDatabase } from './no-database.ts'
import type { Answer, Statement } from './run-together.ts'
import { isConnectionLoss } from './sqlstate.ts'
import { targetOf, type Target } from './target.ts'
import { poolTransaction } from './transaction.ts'

const closeDeadlineMs = 5_000
/** So many stay open while they rest: to open one takes longer than to store a critical event. */
const restingConnections = 4
/** A server that is back is found within this time, so that the first batch is committed within 2 s of its return. */
const longestRetryMs = 750

/**
 * Connects in the background, migrates, and from then on keeps the connection: when the server goes away the state says
 * so and why, and it is tried again without end. Without a URL the database is `off`.
 * @param applicationName how PostgreSQL lists the connections; at most 63 bytes
 */
export function openDatabase(config: Config['postgres'], log: Logger, applicationName = 'gatehouse'): Database {
  if (config.url === null) return new NoDatabase()
  return new PooledDatabase(config.url, config.maxConnections, log, applicationName)
}

class PooledDatabase implements Database {
  readonly #target: Target
  readonly #log: Logger
  readonly #sockets = new Set<Socket>()
  readonly #options: ClientConfig
  readonly #pool: Pool
  readonly #status: ConnectionStatus
  readonly #closing = new AbortController()
  readonly #keeping: Promise<void>

  constructor(url: string, maxConnections: number, log: Logger, applicationName: string) {
    this.#log = log
    this.#target = targetOf(url)
    this.#options = { ...clientOptions(url, this.#sockets), application_name: applicationName }
    this.#pool = new Pool({ ...this.#options, max: maxConnections, min: Math.min(restingConnections, maxConnections) })
    // The pool has dropped that client already, and the keeper finds out whether the server is gone.
    this.#pool.on('error', (error) => log.debug({ err: error }, 'an idle PostgreSQL connection ended'))
    // Between the pool's listener and that of whoever gets the client is a moment without any; a server that ends a connection
    // as soon as it is open is heard just then, and an error that nobody listens to would end the process.
    this.#pool.on('connect', (client) =>
      client.on('error', (error) => log.debug({ err: error }, 'a PostgreSQL connection ended')),
    )
    this.#status = new ConnectionStatus(this.#target.label, 'connecting')
    this.#keeping = this.#keepConnected(this.#closing.signal)
  }

  async query<Row extends object = Record<string, unknown>>(
    sql: string,
    params: readonly unknown[] = [],
    { prepareAs }: { prepareAs?: string } = {},
  ) {
    this.#assertConnected()
    try {
      const { rows } = await this.#pool.query({ name: prepareAs, text: sql, values: [...params] })
      return rows as Row[]
    } catch (error) {
      throw this.#worded(error)
    }
  }

  async transaction<T>(
    work: (tx: PoolClient, opened: readonly Answer[]) => Promise<T>,
    opening: readonly Statement[] = [],
  ): Promise<T> {
    this.#assertConnected()
    try {
      return await poolTransaction(this.#pool, work, opening)
    } catch (error) {
      throw this.#worded(error)
    }
  }

  ready(signal?: AbortSignal): Promise<void> {
    const closing = this.#closing.signal
    return this.#status.untilConnected(signal === undefined ? closing : AbortSignal.any([closing, signal]))
  }

  state(): ConnectionState {
    return this.#status.current()
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#status.onChange(listener)
  }

  /** Waits for what is under way, but not for ever: then its connection is cut and PostgreSQL rolls it back. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort(new GatehouseError('POSTGRES_UNAVAILABLE', 'The connection to PostgreSQL was closed.'))
    // Nothing is under way but an attempt to connect.
    if (this.#status.current().status !== 'connected') this.#destroySockets()
    const cut = setTimeout(() => this.#destroySockets(), closeDeadlineMs)
    await this.#keeping
    await this.#pool.end()
    clearTimeout(cut)
    this.#status.off('The connection to PostgreSQL was closed.')
  }

  async #keepConnected(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      this.#status.connecting(attempt)
      const keeper = new Keeper(this.#options)
      try {
        const server = await keeper.connect()
        const { applied } = await migrateOn(this.#options)
        this.#log.info({ target: this.#target.label, server, applied }, 'PostgreSQL is connected')
        this.#status.connected(server)
        attempt = 0
        await keeper.watch(signal)
      } catch (error) {
        if (!signal.aborted) await this.#waitAfter(attempt, error, signal)
      } finally {
        await keeper.end()
      }
    }
  }

  async #waitAfter(attempt: number, cause: unknown, signal: AbortSignal): Promise<void> {
    const reason = explainFailure(cause, this.#target)
    const delayMs = backoffMs(attempt, { longestMs: longestRetryMs })
    // The same reason again, twice a second for as long as it is away, would bury the rest.
    const level = reason === this.#status.current().reason ? 'debug' : 'warn'
    this.#log[level]({ reason, attempt }, 'PostgreSQL is not available')
    this.#status.down(reason, attempt, new Date(Date.now() + delayMs))
    // The server cannot be reached: whoever waits for its answer is told so now, not when TCP gives up after minutes.
    // A lost keeper alone (attempt 0) does not prove as much.
    if (attempt > 0) this.#destroySockets()
    await sleep(delayMs, undefined, { signal }).catch(() => undefined)
  }

  #destroySockets(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #assertConnected(): void {
    const { status, reason, target } = this.#status.current()
    if (status === 'connected') return
    throw new GatehouseError('POSTGRES_UNAVAILABLE', reason ?? `PostgreSQL at ${target} is not connected yet.`)
  }

  /** A lost connection gets a code and words; what the server itself refused goes on as it is. */
  #worded(error: unknown): unknown {
    if (!isConnectionLoss(error)) return error
    return new GatehouseError('POSTGRES_UNAVAILABLE', explainFailure(error, this.#target), {}, { cause: error })
  }
}
