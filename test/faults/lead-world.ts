import { isDeepStrictEqual } from 'node:util'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'
import { startConsole, type ConsoleProcess } from './console-process.ts'
import { deadlineMs, sized } from './scale.ts'
import { createTraffic, failuresOfAttack, type Traffic } from './traffic.ts'

/** How long nobody may lead: DATA.md's promise. */
const takeOverMs = 10_000
const settledMs = 30_000
/** Sessions that are mirrored before and after a fault. */
const someSessions = sized(40, 1_000)

export interface LeadWorld {
  readonly postgresUrl: string
  /** Starts engines at the same moment, on a store that may still be empty; each finds PostgreSQL at its own address. */
  start(postgresUrls: readonly string[]): Promise<ConsoleProcess[]>
  /** The one that leads, as soon as it is another than `before`. */
  leader(consoles: readonly ConsoleProcess[], before?: ConsoleProcess): Promise<ConsoleProcess>
  /** Has traffic begin, some of it mirrored. */
  startTraffic(): Promise<Traffic>
  /** Waits until more sessions are mirrored. */
  goesOn(): Promise<void>
  /** Ends the traffic, and waits until all of it is stored and told. @returns what was not counted once */
  findFaults(traffic: Traffic): Promise<string[]>
  /** How often an engine has written what only the leader writes, by its application_name. */
  writesOf(application: string): Promise<number>
  /** application_name of the engine that leads. */
  application(): Promise<string>
}

export async function openLeadWorld(): Promise<LeadWorld> {
  const [server, { url: postgresUrl }] = await Promise.all([startRedis(), createTestDatabase({ migrated: false })])
  const redis = new Redis(server.url)
  const store = new Client({ connectionString: postgresUrl })
  await store.connect()
  keep({
    release: async () => {
      redis.disconnect()
      await store.end()
    },
    abandon: () => undefined,
  })
  const rowsOf = async <Row extends object>(sql: string, ...params: unknown[]): Promise<Row[]> =>
    (await store.query(sql, params)).rows as Row[]
  const count = async (sql: string, ...params: unknown[]): Promise<number> =>
    (await rowsOf<{ n: number }>(`SELECT (${sql})::int AS n`, ...params))[0]?.n ?? 0

  const mirrored = () => count('SELECT count(*) FROM redis_sync_sessions')
  const live = 'SELECT count(*) FROM redis_sync_sessions WHERE ended_at IS NULL'
  /** What the rule says that the attacks are made for; others find the address remarkable that all sessions share. */
  const ofAttacks = `FROM alerts WHERE rule_id = 'brute_force_account'`
  const told = `SELECT coalesce(sum(event_count), 0) ${ofAttacks}`

  return {
    postgresUrl,
    start: (postgresUrls) =>
      Promise.all(
        postgresUrls.map((url) =>
          startConsole({
            redis: { url: server.url },
            postgres: { url },
            mirror: { intervalMs: 250, massEndHoldMs: 0 },
            queue: { idleMs: 20, leaseMs: 1_000 },
          }),
        ),
      ),
    leader: (consoles, before) =>
      waitFor(
        async () => {
          const others = consoles.filter((console) => console !== before)
          const states = await Promise.all(others.map(async (one) => (await one.status()).leadership))
          const leading = others.filter((_, n) => states[n]?.leads === true)
          if (leading.length > 1) throw new Error(`${leading.length} engines lead`)
          return leading[0]
        },
        { what: 'an engine that leads', timeoutMs: before === undefined ? settledMs : takeOverMs },
      ),
    async startTraffic() {
      const baseline = `SELECT count(*) FROM gatehouse_settings WHERE key = 'mirror.baseline'`
      await waitFor(() => count(baseline), { what: 'the first reconcile' })
      await logWrites(store)
      const traffic = await createTraffic(redis)
      await waitFor(async () => (await mirrored()) === traffic.sessions(), { what: 'the first sessions' })
      traffic.start()
      return traffic
    },
    async goesOn() {
      const goal = (await mirrored()) + someSessions
      await waitFor(async () => (await mirrored()) >= goal, {
        what: 'more sessions to be mirrored',
        timeoutMs: deadlineMs,
      })
    },
    async findFaults(traffic) {
      await traffic.stop()
      const isSeen = async () => (await mirrored()) === traffic.sessions()
      await waitFor(isSeen, { what: 'the last sessions to be mirrored', timeoutMs: settledMs })
      await traffic.finish()
      const expected = { mirrored: traffic.sessions(), live: 0, told: traffic.attacks() * failuresOfAttack }
      const isSettled = async () => {
        const found = { mirrored: await mirrored(), live: await count(live), told: await count(told) }
        // As an error the numbers are named when it takes too long.
        if (!isDeepStrictEqual(found, expected)) throw new Error(JSON.stringify({ found, expected }))
        return true
      }
      await waitFor(isSettled, { what: 'all that happened to be stored and told', timeoutMs: settledMs })
      const lives = await rowsOf<{ user_id: string; logins: number; ends: number }>(
        `SELECT user_id, (count(*) FILTER (WHERE event_type = 'login'))::int AS logins,
                (count(*) FILTER (WHERE event_type <> 'login'))::int AS ends
         FROM audit_sessions WHERE user_id LIKE 'user-%' GROUP BY user_id`,
      )
      const alerts = await rowsOf<{ entity: string; alerts: number; events: number }>(
        `SELECT entity, count(*)::int AS alerts, sum(event_count)::int AS events ${ofAttacks} GROUP BY entity`,
      )
      return [
        ...lives.filter(({ logins, ends }) => logins !== 1 || ends !== 1).map((life) => JSON.stringify(life)),
        ...alerts
          .filter(({ alerts: n, events }) => n !== 1 || events !== failuresOfAttack)
          .map((a) => JSON.stringify(a)),
        ...unlessEqual('sessions with events', lives.length, traffic.sessions()),
        ...unlessEqual('accounts with an alert', alerts.length, traffic.attacks()),
      ]
    },
    writesOf: (application) => count('SELECT count(*) FROM written WHERE application = $1', application),
    async application() {
      const [row] = await rowsOf<{ name: string }>(
        `SELECT value ->> 'application' AS name FROM gatehouse_settings WHERE key = 'leadership'`,
      )
      return row?.name ?? ''
    },
  }
}

const unlessEqual = (what: string, found: number, expected: number): string[] =>
  found === expected ? [] : [`${found} ${what}, not ${expected}`]

/** Has PostgreSQL note which connection wrote what only the leader writes; it stays noted if that was committed. */
async function logWrites(store: Client): Promise<void> {
  await store.query(`
    CREATE TABLE written (application text NOT NULL DEFAULT current_setting('application_name'));
    CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO written DEFAULT VALUES; RETURN NULL; END $$;
    CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON redis_sync_sessions EXECUTE FUNCTION note_write();
    CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON inferred_boundaries EXECUTE FUNCTION note_write();
    CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON alerts EXECUTE FUNCTION note_write()`)
}
