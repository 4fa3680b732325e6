import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { freePort } from '../helpers/ports.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'

describe('a Redis of the test', () => {
  test('answers, stores nothing on disk, and is gone when stopped', async () => {
    const redis = await startRedis()
    expect(await redisCli(redis.url, ['SET', 'greeting', 'hello'])).toBe('OK')
    expect(await redisCli(redis.url, ['GET', 'greeting'])).toBe('hello')
    await redis.stop()
    await expect(redisCli(redis.url, ['PING'])).rejects.toThrow('Connection refused')
    expect(await readdir(redis.dir)).toEqual([])
  })

  test('comes back after a crash on the same port with what it had stored', async () => {
    const args = ['--appendonly', 'yes', '--appendfsync', 'always']
    const crashed = await startRedis({ args })
    await redisCli(crashed.url, ['RPUSH', 'audit:queue', 'one', 'two'])
    await crashed.kill()
    const redis = await startRedis({ args, port: crashed.port, dir: crashed.dir })
    expect(await redisCli(redis.url, ['LLEN', 'audit:queue'])).toBe('2')
  })

  test('with a password counts as up, and refuses who does not give it', async () => {
    const redis = await startRedis({ args: ['--requirepass', 'secret'] })
    await expect(redisCli(redis.url, ['PING'])).rejects.toThrow('NOAUTH')
    expect(await redisCli(redis.url.replace('//', '//:secret@'), ['PING'])).toBe('PONG')
  })

  test('that cannot start says why', async () => {
    await expect(startRedis({ args: ['--maxmemory', 'plenty'] })).rejects.toThrow(/maxmemory/)
  })

  test('takes commands and values from standard input byte by byte', async () => {
    const redis = await startRedis()
    await redisCli(redis.url, [], 'RPUSH letters a b\nRPUSH letters c\n')
    await redisCli(redis.url, ['-x', 'RPUSH', 'letters'], 'two\nlines "quoted"')
    expect(await redisCli(redis.url, ['LRANGE', 'letters', '0', '-1'])).toBe('a\nb\nc\ntwo\nlines "quoted"')
  })

  test('passes an error of Redis on', async () => {
    const redis = await startRedis()
    await redisCli(redis.url, ['SET', 'text', 'x'])
    await expect(redisCli(redis.url, ['LLEN', 'text'])).rejects.toThrow('WRONGTYPE')
  })
})

describe('a database of the test', () => {
  test('is its own, with durable commits, and is gone when dropped', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => createTestDatabase({ migrated: false })))
    expect(first!.url).not.toBe(second!.url)
    await query(first!.url, 'CREATE TABLE notes (text text)')
    await expect(query(second!.url, 'SELECT FROM notes')).rejects.toThrow('relation "notes" does not exist')
    expect(await query(first!.url, 'SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }])
    await first!.drop()
    await expect(query(first!.url, 'SELECT 1')).rejects.toThrow('does not exist')
  })

  test('has the tables of the program unless told otherwise', async () => {
    const [migrated, empty] = [await createTestDatabase(), await createTestDatabase({ migrated: false })]
    const tables = `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`
    expect(await query(migrated.url, tables)).toContainEqual({ name: 'audit_logs' })
    expect(await query(empty.url, tables)).toEqual([])
  })

  test('cannot be left with open connections unnoticed', async () => {
    const database = await createTestDatabase({ migrated: false })
    const forgotten = new Client({ connectionString: database.url, application_name: 'forgotten' })
    forgotten.on('error', () => {}) // Dropping the database ends it from the other side.
    await forgotten.connect()
    await forgotten.query('SELECT 42')
    await expect(database.drop()).rejects.toThrow(
      '1 connections to its database open: end every pool and client. idle forgotten SELECT 42',
    )
    await expect(query(database.url, 'SELECT 1')).rejects.toThrow('does not exist')
  })

  test('can be on a server of its own, which a crash ends', async () => {
    const server = await startPostgres({ application_name: 'own' })
    const database = await createTestDatabase({ migrated: false, server: server.url })
    expect(await query(database.url, 'SHOW fsync')).toEqual([{ fsync: 'off' }])
    await database.drop()
    server.kill()
    await waitFor(
      () =>
        query(server.url, 'SELECT 1').then(
          () => false,
          () => true,
        ),
      { what: 'the server to be gone' },
    )
  })
})

describe('waiting', () => {
  test('returns the first answer that is one', async () => {
    let calls = 0
    expect(await waitFor(() => (++calls === 3 ? 'third' : undefined), { what: 'the third call', intervalMs: 1 })).toBe(
      'third',
    )
  })

  test('says what it waited for and what it saw', async () => {
    const options = { what: 'a full moon', timeoutMs: 5, intervalMs: 1 }
    await expect(waitFor(() => 0, options)).rejects.toThrow('Waited 5 ms for a full moon; the last answer was 0')
    const failing = waitFor(() => Promise.reject(new Error('clouds')), options)
    await expect(failing).rejects.toThrow('the last try failed with: Error: clouds')
  })
})

test('a temporary folder is removed with what is in it', async () => {
  const folder = await createTempDir()
  const redis = await startRedis({ dir: folder.path, args: ['--appendonly', 'yes'] })
  await redis.stop()
  expect(await readdir(folder.path)).not.toEqual([])
  await folder.remove()
  expect(existsSync(folder.path)).toBe(false)
})

test('two free ports differ', async () => {
  expect(await freePort()).not.toBe(await freePort())
})

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  try {
    await client.connect()
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
