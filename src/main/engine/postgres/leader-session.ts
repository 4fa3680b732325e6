import type { Socket } from 'node:net'
import { Client, type ClientBase } from 'pg'
import { z } from 'zod'
import { GatehouseError } from '../../../shared/errors.ts'
import { clientOptions } from './client-options.ts'
import { advisoryLocks } from './locks.ts'
import { inTransaction } from './transaction.ts'

/** Setting that says who leads. */
const recordSetting = 'leadership'

/**
 * PostgreSQL ends a session that is silent for so long, and with it frees the lock. That is the lease, kept by the
 * server's clock alone: it ends for a machine that vanished, a cut cable and a stopped process alike. (Keep-alive probes
 * would not do: the kernel of a stopped process answers them.)
 */
export const leaseMs = 5_000

/** Nothing that is asked here takes long; an answer that comes later would find the lease at its end. */
const answerWithinMs = leaseMs - 1_000
/** The last statement of a leader before is waited for so long; then the take-over is tried anew. */
const takeOverWithinMs = 1_000
const endWithinMs = 1_000
/** A transaction that is open longer and waits for its client belongs to a process that stands still. */
const stalledAfter = '3 s'

/** Who leads, as all engines on the store read it. */
export const LeaderRecord = z.object({
  /** Grows with each take-over. What a leader writes is stored only while this is its own (fenced-database.ts). */
  epoch: z.number(),
  /** For people: host and process. */
  leader: z.string(),
  /** application_name of its connections. */
  application: z.string(),
  /** The duties that it does. */
  duties: z.array(z.string()),
  since: z.coerce.date(),
})
export type LeaderRecord = z.infer<typeof LeaderRecord>

/** An engine that stands for leader. */
export type Candidate = Pick<LeaderRecord, 'leader' | 'application' | 'duties'>

const readRecord = `(SELECT value FROM gatehouse_settings WHERE key = '${recordSetting}')`
/** null where nobody ever led. */
export const parseRecord = (value: unknown): LeaderRecord | null => LeaderRecord.safeParse(value).data ?? null

/** A connection of its own, whose session holds the leader's lock or tries to get it. */
export class LeaderSession {
  readonly #sockets = new Set<Socket>()
  readonly #client: Client
  /** Never resolves; rejects as soon as the connection is seen to be gone. */
  readonly lost: Promise<never>

  constructor(url: string, applicationName: string) {
    this.#client = new Client({
      ...clientOptions(url, this.#sockets),
      application_name: applicationName,
      connectionTimeoutMillis: answerWithinMs,
      query_timeout: answerWithinMs,
    })
    const { promise, reject } = Promise.withResolvers<never>()
    this.#client.on('error', reject)
    this.#client.on('end', () => reject(new Error('Connection terminated by the server')))
    // It may end while nobody waits for that: then the next statement fails of it.
    promise.catch(() => undefined)
    this.lost = promise
  }

  /** @throws whatever keeps it from connecting */
  async open(): Promise<void> {
    await this.#client.connect()
    await this.#client.query(`SET idle_session_timeout = ${leaseMs}`)
  }

  /** Asks for the lock without waiting for it. Also says who led last, which is who leads where the lock is not free. */
  async tryLock(): Promise<{ locked: boolean; record: LeaderRecord | null }> {
    const { rows } = await this.#client.query<{ locked: boolean; record: unknown }>(
      `SELECT pg_try_advisory_lock($1) AS locked, ${readRecord} AS record`,
      [advisoryLocks.leader],
    )
    return { locked: rows[0]?.locked === true, record: parseRecord(rows[0]?.record) }
  }

  /**
   * Begins the next epoch, for who has the lock. From its COMMIT on nothing of an earlier epoch can be stored any more.
   * @throws DatabaseError 55P03 while the last transaction of an earlier leader is being committed
   */
  async takeOver(before: LeaderRecord | null, candidate: Candidate): Promise<LeaderRecord> {
    if (before !== null) await endStalled(this.#client, before.application)
    return inTransaction(this.#client, async (tx) => {
      await tx.query(`SET LOCAL lock_timeout = ${takeOverWithinMs}`)
      const { rows } = await tx.query<{ value: unknown }>(
        `INSERT INTO gatehouse_settings AS s (key, value)
         VALUES ($1, $2::jsonb || jsonb_build_object('epoch', 1, 'since', clock_timestamp()))
         ON CONFLICT (key) DO UPDATE
           SET value = excluded.value || jsonb_build_object('epoch', (s.value ->> 'epoch')::int + 1)
         RETURNING value`,
        [recordSetting, JSON.stringify(candidate)],
      )
      return LeaderRecord.parse(rows[0]?.value)
    })
  }

  /**
   * Keeps the lease.
   * @throws GatehouseError NOT_LEADER when another engine has taken over; whatever broke the connection
   */
  async renew(epoch: number): Promise<void> {
    const { rows } = await this.#client.query<{ record: unknown }>(`SELECT ${readRecord} AS record`)
    assertEpoch(parseRecord(rows[0]?.record), epoch)
  }

  /** Ends the session, which frees the lock. */
  async end(): Promise<void> {
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, endWithinMs)
    await this.#client.end()
    clearTimeout(cut)
  }
}

/** A leader that stands still in the middle of a transaction keeps its locks, and the next one from its work. */
async function endStalled(client: ClientBase, application: string): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
       AND application_name = $1 AND state <> 'idle' AND wait_event = 'ClientRead'
       AND xact_start < clock_timestamp() - interval '${stalledAfter}'`,
    [application],
  )
}

/** Whether the lock is held, by whomever, and who led last: for who does not stand for leader. */
export const whoLeads = `
  SELECT ${readRecord} AS record, EXISTS (
    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND objid = ${advisoryLocks.leader} AND objsubid = 1 AND granted
      AND datname = current_database()) AS held`

/**
 * Fails unless `epoch` still is the present one, and keeps it the present one until the transaction ends.
 * @throws GatehouseError NOT_LEADER
 */
export async function holdEpoch(tx: ClientBase, epoch: number): Promise<void> {
  const { rows } = await tx.query<{ value: unknown }>(
    `SELECT value FROM gatehouse_settings WHERE key = '${recordSetting}' FOR SHARE`,
  )
  assertEpoch(parseRecord(rows[0]?.value), epoch)
}

function assertEpoch(record: LeaderRecord | null, epoch: number): void {
  if (record?.epoch === epoch) return
  throw new GatehouseError(
    'NOT_LEADER',
    `Another engine leads now (${record?.leader ?? 'unknown'}): what this one was about to store is left to that one.`,
  )
}
