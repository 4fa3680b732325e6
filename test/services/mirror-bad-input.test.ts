import { expect, test } from 'vitest'
import { redisCli, type RedisServer } from '../helpers/redis.ts'
import { plain, type MirrorWorld } from './mirror-world.ts'
import { openWorldForEach } from './world-for-each.ts'

let server: RedisServer
let world: MirrorWorld
openWorldForEach((opened) => ({ server, world } = opened))

const goodIds = Array.from({ length: 30 }, (_, i) => `good-session-${i}`)
const writeGood = () => world.redis.client.mset(Object.fromEntries(goodIds.map((id) => [`session:${id}`, plain(id)])))

/** Mirrors what is there beside good sessions, twice, and returns what was reported: bad input is reported once. */
async function problemsBeside(): Promise<Record<string, string[]>> {
  await writeGood()
  await world.mirror.reconcile()
  const { scanned, problems } = await world.mirror.reconcile()
  expect(problems).toBe(0)
  expect(scanned).toBeGreaterThanOrEqual(goodIds.length)
  const rows = new Set((await world.rows()).map((row) => row.session_id))
  for (const id of goodIds) expect(rows.has(world.sessionIds.of(id))).toBe(true)
  expect(world.problems.list().every((problem) => problem.area === 'sessions')).toBe(true)
  return Object.fromEntries(
    world.problems.list().map(({ reason, count, examples }) => [reason, [`${count}x`, ...examples]]),
  )
}

const shown = (prefix: string, liveId: string) => `${prefix}…${world.sessionIds.of(liveId).slice(0, 12)}`
const set = (key: string, value: string | Uint8Array) => redisCli(server.url, ['-x', 'SET', key], value)

test.each([
  ['broken JSON', '{"user_id": "a"', 'not mirrored: broken JSON at position N: expected one JSON object'],
  ['a JSON list', '[1,2]', 'not mirrored: a list: expected one JSON object'],
  ['a JSON text', '"alice"', 'not mirrored: a string: expected one JSON object'],
  ['null', 'null', 'not mirrored: null: expected one JSON object'],
  ['nothing', '', 'not mirrored: empty: expected one JSON object'],
  [
    'bytes of no known format',
    Buffer.from('fffe80c8', 'hex'),
    'not mirrored: not UTF-8: expected one JSON object as UTF-8 text',
  ],
  [
    'no field of a session',
    '{"cart":[1]}',
    'not mirrored: no field of a session: expected at least session_id or user_id',
  ],
  [
    'a value too long to read',
    `{"user_id":"${'x'.repeat(1_600_000)}"}`,
    'not mirrored: a string of more than N bytes: expected a JSON string or a hash',
  ],
])('a value that is %s is counted and shown, and stops nothing', async (_name, value, reason) => {
  await set('session:credential-1', value)
  expect(await problemsBeside()).toEqual({ [reason]: ['1x', shown('session:', 'credential-1')] })
  expect(await world.rows()).toHaveLength(goodIds.length)
})

test('keys of other types are counted by type', async () => {
  const client = world.redis.client
  await client.rpush('session:list', 'x')
  await client.sadd('session:set', 'x')
  await client.zadd('session:zset', 1, 'x')
  await client.xadd('session:stream', '*', 'a', 'b')
  await client.hset('sess:hash', { user_id: 'a' })
  await client.hset('session:not-a-session', { cart: 'x' })
  await client.hset('session:wide', Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`f${i}`, 'x'])))
  const other = (type: string, id: string) => [
    `not mirrored: a ${type}: expected a JSON string or a hash`,
    ['1x', shown('session:', id)],
  ]
  expect(await problemsBeside()).toEqual({
    ...Object.fromEntries([
      other('list', 'list'),
      other('set', 'set'),
      other('zset', 'zset'),
      other('stream', 'stream'),
    ]),
    ...Object.fromEntries([other('hash of more than N fields', 'wide')]),
    'not mirrored: a hash: no session store under this prefix uses that type': ['1x', shown('sess:', 'hash')],
    'not mirrored: no field of a session: expected at least session_id or user_id': [
      '1x',
      shown('session:', 'not-a-session'),
    ],
  })
})

test('a JSON object without a cookie is no session of express-session', async () => {
  await set('sess:credential-1', '{"userId":"a"}')
  expect(await problemsBeside()).toEqual({
    'not mirrored: no cookie: expected an object of express-session with its cookie': [
      '1x',
      shown('sess:', 'credential-1'),
    ],
  })
})

test('keys that name no session are counted', async () => {
  await set('session:', plain(''))
  await set(`session:${'k'.repeat(600)}`, '{"user_id":"a"}')
  await redisCli(server.url, [
    'EVAL',
    "return redis.call('SET', 'session:' .. string.char(255, 254), ARGV[1])",
    '0',
    plain('binary'),
  ])
  const noId = 'not mirrored: the key holds no session id: expected N to N characters after its prefix'
  const problems = await problemsBeside()
  expect(Object.keys(problems).toSorted()).toEqual([
    noId,
    'not mirrored: the key is not UTF-8: expected a session id as text',
  ])
  expect(problems[noId]?.[0]).toBe('2x')
})

test.each([
  [
    'a million-character agent',
    { user_agent: 'x'.repeat(1_000_000) },
    'cut from N characters',
    { user_agent: 'x'.repeat(8_192) },
  ],
  ['NUL in a text', { user_id: 'a\0b' }, 'NUL made visible', { user_id: 'a\\u0000b' }],
  ['a broken surrogate', { user_agent: 'a\ud800b' }, 'broken surrogates replaced', { user_agent: 'a\ufffdb' }],
  ['an address that is none', { ip_address: '999.1.1.1' }, 'not an address, kept in metadata', { ip_address: null }],
  [
    'a date of 1970',
    { last_active: 0 },
    'a time before there were sessions in Redis, kept in metadata',
    { last_active: null },
  ],
  [
    'a date of 2099',
    { last_active: '2099-01-01T00:00:00Z' },
    'a time in the future, kept in metadata',
    { last_active: null },
  ],
  [
    'an expiry in 2099',
    { expires_at: '2099-01-01T00:00:00Z' },
    'a time more than ten years ahead, kept in metadata',
    { expires_at: null },
  ],
  ['a date that is none', { last_active: 'yesterday' }, 'not a time, kept in metadata', { last_active: null }],
  [
    'a user that is an object',
    { user_id: { id: 1 } },
    'an object where a text was expected, kept in metadata',
    { user_id: null },
  ],
  [
    'a user id too long to be one',
    { user_id: 'u'.repeat(600) },
    'N characters where N are the most, kept in metadata',
    { user_id: null },
  ],
  ['a flag that is none', { is_active: 'perhaps' }, 'neither true nor false, kept in metadata', { is_active: true }],
  ['a count that is none', { api_call_count: -1 }, 'not a count, kept in metadata', { api_call_count: '0' }],
  [
    'a session id that is none',
    { session_id: ['x'] },
    'a list where a text was expected, kept in metadata',
    { user_id: 'alice' },
  ],
  [
    'a session id that cannot be stored',
    { session_id: 'a\0b' },
    'longer than N or not text, taken from the key',
    { user_id: 'alice' },
  ],
])('%s: the session is mirrored all the same, and what is wrong is shown', async (_name, fields, what, expected) => {
  await set('session:odd-session', plain('odd-session', fields))
  const problems = await problemsBeside()
  expect(Object.keys(problems)).toEqual([`mirrored with a change: ${what}`])
  expect(Object.values(problems)[0]?.[1]).toContain(shown('session:', 'odd-session'))
  const row = await world.row('odd-session')
  expect(row).toMatchObject(expected)
  expect(row?.metadata['_notes']).toHaveLength(1)
  expect(JSON.stringify(row)).not.toContain('odd-session')
})

test('JSON a hundred thousand levels deep is cut where it is too deep to keep', async () => {
  await set('session:odd', `{"user_id":"a","deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
  expect(Object.keys(await problemsBeside())).toEqual(['mirrored with a change: nested deeper than N'])
  expect(await world.row('odd')).toMatchObject({ user_id: 'a' })
})

test('names like __proto__ are data', async () => {
  await set('session:odd', '{"user_id":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
  expect(await problemsBeside()).toEqual({})
  expect(JSON.stringify((await world.row('odd'))?.metadata)).toBe(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  )
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('binary fields of a hash are described, not guessed at', async () => {
  await world.redis.client.hset('session:odd', 'user_id', 'a', 'picture', Buffer.from('fffe00', 'hex'))
  expect(Object.keys(await problemsBeside())).toEqual([
    'mirrored with a change: N not UTF-8, shown as their number of bytes',
  ])
  expect((await world.row('odd'))?.metadata['picture']).toEqual({ bytes: 3 })
})

test('two keys that name one session: the first holds it, the other is reported, and takes over when the first goes', async () => {
  await set('session:first', plain('shared-session', { user_id: 'first' }))
  await writeGood()
  await world.mirror.reconcile()
  await set('session:second', plain('shared-session', { user_id: 'second' }))
  await set('sess:shared-session', '{"cookie":{},"userId":"third"}')
  const problems = await problemsBeside()
  const reason = 'not mirrored: another key holds a session of the same id: give each session its own'
  expect(problems[reason]?.toSorted()).toEqual(
    ['2x', shown('sess:', 'shared-session'), shown('session:', 'second')].toSorted(),
  )
  expect(await world.row('shared-session')).toMatchObject({ user_id: 'first' })

  await world.redis.client.del('session:first', 'sess:shared-session')
  for (let i = 0; i < 3; i++) await world.mirror.reconcile()
  expect(await world.row('shared-session')).toMatchObject({ user_id: 'second', ended_at: null })
})

test('a session whose value became unreadable is still there, as it last was', async () => {
  await writeGood()
  await set('session:a', plain('a'))
  await world.mirror.reconcile()
  await set('session:a', '{')
  expect(await world.mirror.reconcile()).toMatchObject({ scanned: 31, problems: 1, ended: 0 })
  expect(await world.mirror.reconcile()).toMatchObject({ scanned: 31, problems: 0, ended: 0 })
  expect(await world.row('a')).toMatchObject({ user_id: 'alice', ended_at: null })
  const restarted = world.restarted()
  for (let i = 0; i < 3; i++) expect(await restarted.reconcile()).toMatchObject({ scanned: 31, ended: 0 })
  await set('session:a', plain('a', { user_id: 'bob' }))
  expect(await restarted.reconcile()).toMatchObject({ changed: 1 })
  await world.redis.client.del('session:a')
  for (let i = 0; i < 2; i++) await restarted.reconcile()
  expect(await world.row('a')).toMatchObject({ user_id: 'bob', end_reason: 'logout' })
})

test('a row that PostgreSQL refuses stands alone: the others of its batch are stored', async () => {
  await world.database.query(`ALTER TABLE redis_sync_sessions ADD CONSTRAINT refused CHECK (user_id <> 'refused')`)
  try {
    await set('session:bad', plain('bad', { user_id: 'refused' }))
    expect(await problemsBeside()).toEqual({
      'not mirrored: PostgreSQL refuses its row: the log says why': ['1x', shown('session:', 'bad')],
    })
    expect(await world.rows()).toHaveLength(goodIds.length)
  } finally {
    await world.database.query('ALTER TABLE redis_sync_sessions DROP CONSTRAINT refused')
  }
})
