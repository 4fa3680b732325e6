import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import type { ConnectionState } from '../../src/shared/model/system.ts'
import { freePort } from '../helpers/ports.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { waitFor } from '../helpers/wait.ts'

const opened: Database[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()))
})

const open = (url: string | null, maxConnections = 4): Database => {
  const database = openDatabase({ url, maxConnections }, pino({ level: 'silent' }))
  opened.push(database)
  return database
}

/** The first state with a reason, and the check that no text in it holds the password. */
async function downState(url: string): Promise<ConnectionState> {
  const database = open(url)
  const state = await waitFor(() => (database.state().status === 'down' ? database.state() : null), {
    what: 'a reason',
  })
  const password = new URL(url).password
  expect(password).not.toBe('')
  expect(JSON.stringify(state)).not.toContain(password)
  expect(state.nextRetryAt).toBeInstanceOf(Date)
  return state
}

const change = (url: string, parts: Partial<URL>): string => Object.assign(new URL(url), parts).href

describe('a database that can be used', () => {
  test('is migrated before it is ready, and says what it is', async () => {
    const { url } = await createTestDatabase({ migrated: false })
    const database = open(url)
    await database.ready()
    expect(await database.query('SELECT count(*)::int AS count FROM audit_sessions')).toEqual([{ count: 0 }])
    expect(database.state()).toMatchObject({ status: 'connected', reason: null })
    expect(database.state().server).toMatch(/^PostgreSQL \d+/)
    expect(database.state().target).not.toContain('gatehouse:')
  })

  test('is the one that the URL begins with, whatever its parameters say', async () => {
    const { url } = await createTestDatabase()
    const database = open(`${url}?host=192.0.2.1&port=1&database=other&statement_timeout=1&options=-c%20work_mem%3D8MB`)
    await database.ready()
    const settings = `SELECT current_database() AS name, current_setting('work_mem') AS work_mem, current_setting('statement_timeout') AS timeout`
    const name = new URL(url).pathname.slice(1)
    expect(await database.query(settings)).toEqual([{ name, work_mem: '8MB', timeout: '20s' }])
  })

  test('has the server look soon whether the client of a COPY is still there', async () => {
    const { url } = await createTestDatabase()
    const database = open(url)
    await database.ready()
    const rows = await database.query(
      `SELECT name, setting FROM pg_settings WHERE name LIKE 'tcp_keepalives_%' ORDER BY name`,
    )
    expect(rows).toEqual([
      { name: 'tcp_keepalives_count', setting: '10' },
      { name: 'tcp_keepalives_idle', setting: '10' },
      { name: 'tcp_keepalives_interval', setting: '1' },
    ])
  })

  test('tells listeners each change, until they leave', async () => {
    const { url } = await createTestDatabase()
    const database = open(url)
    const seen: string[] = []
    const stop = database.onState(({ status }) => seen.push(status))
    await database.ready()
    expect(seen.at(-1)).toBe('connected')
    stop()
    await database.close()
    expect(seen.at(-1)).toBe('connected')
    expect(database.state().status).toBe('off')
  })

  test('a transaction is stored whole or not at all', async () => {
    const { url } = await createTestDatabase()
    const database = open(url)
    await database.ready()
    await database.query('CREATE TABLE notes (text text)')
    await database.transaction((tx) => tx.query(`INSERT INTO notes VALUES ('kept')`))
    const failing = database.transaction(async (tx) => {
      await tx.query(`INSERT INTO notes VALUES ('dropped')`)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await database.query('SELECT text FROM notes')).toEqual([{ text: 'kept' }])
  })

  test('a transaction whose work hides an error does not pass for stored', async () => {
    const { url } = await createTestDatabase()
    const database = open(url)
    await database.ready()
    const hiding = database.transaction((tx) => tx.query('SELECT 1 / 0').catch(() => 'never mind'))
    await expect(hiding).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('a statement outside a transaction ends after a time, one inside does not', async () => {
    const { url } = await createTestDatabase()
    const database = open(url)
    await database.ready()
    const setting = `SELECT current_setting('statement_timeout') AS timeout`
    expect(await database.query(setting)).toEqual([{ timeout: '20s' }])
    const { rows } = await database.transaction((tx) => tx.query(setting))
    expect(rows).toEqual([{ timeout: '0' }])
  })

  test('a connection that is killed fails its own transaction alone', async () => {
    const { url } = await createTestDatabase()
    const database = open(url)
    await database.ready()
    const killed = database.transaction(async (tx) => {
      const { rows } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      await database.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid])
      await tx.query('SELECT pg_sleep(10)')
    })
    await expect(killed).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' })
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(database.state().status).toBe('connected')
  })

  test('a connection that ends as soon as it is open ends no process', async () => {
    const { url } = await createTestDatabase()
    // AuthenticationOk, ReadyForQuery and, in the same piece, a fatal ErrorResponse (PostgreSQL documentation, "Message Formats").
    const openAndEnded = Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05IE\0\0\0\x1aSFATAL\0C57P01\0Mended\0\0', 'latin1')
    let ends = false
    const front = createServer((near) => {
      const far = connect(Number(new URL(url).port), '127.0.0.1')
      if (ends) near.once('data', () => near.end(openAndEnded))
      else near.pipe(far).pipe(near)
      for (const socket of [near, far]) socket.on('error', () => undefined)
      near.on('close', () => far.destroy())
    }).listen(0, '127.0.0.1')
    await once(front, 'listening')
    const database = open(change(url, { port: String((front.address() as AddressInfo).port) }))
    await database.ready()
    ends = true
    await expect(database.transaction((tx) => tx.query('SELECT 1'))).rejects.toThrow()
    ends = false
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    front.close()
  })

  test('a connection that is killed between two statements ends no process', async () => {
    const { url } = await createTestDatabase()
    const database = open(url)
    await database.ready()
    const killed = database.transaction(async (tx) => {
      const { rows } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const gone = once(tx, 'error')
      await database.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid])
      await gone
    })
    await expect(killed).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' })
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})

describe('a database that cannot be used says which, why and what to do', () => {
  test('wrong password', async () => {
    const { url } = await createTestDatabase()
    const state = await downState(change(url, { password: 'quite-wrong' }))
    expect(state.reason).toMatch(/refuses the password of user "gatehouse": correct it/)
  })

  test('unknown database', async () => {
    const { url } = await createTestDatabase()
    const state = await downState(change(url, { pathname: '/nowhere' }))
    expect(state.reason).toMatch(/no database "nowhere": create it/)
  })

  test('unknown host', async () => {
    const state = await downState('postgres://gatehouse:secret-word@nowhere.invalid/audit')
    expect(state.reason).toMatch(/nowhere\.invalid:5432 (was not found|.*did not answer)|name server did not answer/)
  })

  test('nothing listens', async () => {
    const state = await downState(`postgres://gatehouse:secret-word@127.0.0.1:${await freePort()}/audit`)
    expect(state.reason).toMatch(/Nothing listens on PostgreSQL at 127\.0\.0\.1:\d+: start the server/)
  })

  test('no TLS where TLS is asked for', async () => {
    const { url } = await createTestDatabase()
    const state = await downState(`${url}?sslmode=verify-full`)
    expect(state.reason).toMatch(/does not offer TLS/)
  })

  test('no right to create tables', async () => {
    const { url } = await createTestDatabase({ migrated: false })
    const role = `reader_${Math.random().toString(36).slice(2, 10)}`
    await onServer(url, `CREATE ROLE ${role} LOGIN PASSWORD 'only-reads'`)
    const state = await downState(change(url, { username: role, password: 'only-reads' }))
    expect(state.reason).toMatch(/may not create what Gatehouse needs.*GRANT CREATE/)
    await onServer(url, `DROP ROLE ${role}`)
  })

  test('a server that accepts and says nothing does not hold the program up when it closes', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    const connected = once(silent, 'connection')
    const database = open(`postgres://u:p@127.0.0.1:${typeof address === 'object' ? address?.port : 0}/x`)
    const ready = database.ready()
    await connected
    await Promise.all([database.close(), expect(ready).rejects.toThrow()])
    silent.close()
  })

  test('while it is down a query fails at once, with the reason', async () => {
    const database = open(`postgres://gatehouse:secret-word@127.0.0.1:${await freePort()}/audit`)
    await waitFor(() => database.state().status === 'down', { what: 'the refusal' })
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' })
    await expect(database.transaction(async () => 1)).rejects.toThrow(/Nothing listens/)
  })

  test('without a URL it is off', async () => {
    const database = open(null)
    expect(database.state()).toMatchObject({ status: 'off', reason: expect.stringContaining('POSTGRES_URL') })
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' })
    await expect(database.ready(AbortSignal.abort(new Error('no longer needed')))).rejects.toThrow('no longer needed')
  })
})

test('a server that dies and comes back is found again, and what was under way is told', async () => {
  const first = await startPostgres()
  const database = open(first.url)
  await database.ready()
  const underWay = database.transaction((tx) => tx.query('SELECT pg_sleep(60)'))
  const told = expect(underWay).rejects.toMatchObject({ code: 'POSTGRES_UNAVAILABLE' })
  await first.end('SIGKILL')
  await told
  await waitFor(() => database.state().status === 'down', { what: 'the loss to be seen' })
  const second = await first.restart()
  await database.ready()
  expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await database.close()
  await second.stop()
})

test('a pool with every connection busy says so, and is still connected', async () => {
  const server = await startPostgres({
    max_connections: '8',
    superuser_reserved_connections: '0',
    reserved_connections: '0',
  })
  const database = open(server.url, 20)
  await database.ready()
  const burst = await Promise.allSettled(Array.from({ length: 20 }, () => database.query('SELECT pg_sleep(0.2)')))
  const refused = burst.filter((result) => result.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  expect(database.state().status).toBe('connected')
  expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await database.close()
})

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
