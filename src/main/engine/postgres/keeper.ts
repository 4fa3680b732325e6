import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'

const heartbeatMs = 5_000

/**
 * One connection beside the pool that does nothing but notice when the server is gone, however busy the pool is: the
 * server's end of it closes, or a heartbeat is not answered in time.
 */
export class Keeper {
  readonly #client: Client
  readonly #lost: Promise<never>

  constructor(options: ClientConfig) {
    this.#client = new Client({ ...options, query_timeout: heartbeatMs })
    const { promise, reject } = Promise.withResolvers<never>()
    this.#lost = promise
    this.#client.on('error', reject)
    this.#client.on('end', () => reject(new Error('Connection terminated by the server')))
    // It may end while nobody watches; watch() reports it then.
    promise.catch(() => undefined)
  }

  /** @returns the server's name and version */
  async connect(): Promise<string> {
    await this.#client.connect()
    const { rows } = await this.#client.query<{ version: string }>(
      `SELECT current_setting('server_version') AS version`,
    )
    return `PostgreSQL ${rows[0]?.version ?? ''}`
  }

  /** Never resolves: rejects when the connection is lost, or the signal aborts. */
  async watch(signal: AbortSignal): Promise<never> {
    for (;;) {
      await Promise.race([sleep(heartbeatMs, undefined, { signal }), this.#lost])
      await this.#client.query('SELECT 1')
    }
  }

  async end(): Promise<void> {
    await this.#client.end()
  }
}
