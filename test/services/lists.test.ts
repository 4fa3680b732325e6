import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EngineClient } from '../../src/shared/contract/index.ts'
import { startEngine, statusOf, type TestEngine } from '../helpers/engine.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'

const ruleFile = `title: Login from an address of the list
name: login_from_list
level: medium
logsource: { product: gatehouse }
detection:
  selection: { event_type: login, ip.list: exits }
  condition: selection
gatehouse: { entity: user, quiet: 5m }
`

let redis: Redis
let engine: TestEngine
let start: () => Promise<TestEngine>
let list: string

beforeAll(async () => {
  const folder = (await createTempDir()).path
  const rulesDir = path.join(folder, 'rules')
  await mkdir(rulesDir)
  await writeFile(path.join(rulesDir, 'login-from-list.yml'), ruleFile)
  list = path.join(folder, 'exits.txt')
  await writeFile(list, '# made by a test\n192.0.2.7\n192.0.2\n')
  const server = await startRedis()
  redis = new Redis(server.url, { replyMapping: 'legacy' })
  // A server of this file's own: an open transaction of another file would hold up the feed.
  const { url } = await createTestDatabase({ server: (await startPostgres()).url })
  start = () =>
    startEngine({
      home: folder,
      redis: { url: server.url },
      postgres: { url },
      watch: { rulesDir, lists: [{ name: 'exits', file: list, kind: 'tor' }] },
    })
  engine = await start()
})
afterAll(async () => {
  redis.disconnect()
  await engine.stop()
})

const login = (user: string, address: string) =>
  redis.rpush(
    'audit:queue',
    JSON.stringify({ event_type: 'login', user_id: user, ip_address: address, created_at: new Date() }),
  )

const stateOf = async (client: EngineClient) => (await client.system.lists()).find(({ name }) => name === 'exits')

const alertsOf = async (client: EngineClient) =>
  (await client.alerts.list({})).rows
    .filter(({ ruleId }) => ruleId === 'login_from_list')
    .map(({ alertId, entity, lists }) => ({ alertId, entity, lists }))
    .toSorted((a, b) => (a.entity < b.entity ? -1 : 1))

test('a list raises alerts under its version, is read again when it changes, and changes no alert that was raised', async () => {
  const { client } = engine
  const before = await waitFor(() => stateOf(client), { what: 'the list' })
  expect(before).toMatchObject({ type: 'list', provides: ['tor'], state: 'current', entries: 1, badLines: 1 })
  expect(before.message).toContain('line 3: "192.0.2"')
  const { problems } = await statusOf(client)
  expect(problems.flatMap(({ examples }) => examples)).toContainEqual(expect.stringContaining(`${list}:3: "192.0.2"`))

  await login('alice', '192.0.2.7')
  await waitFor(async () => (await alertsOf(client)).length === 1, { what: 'an alert about alice', timeoutMs: 20_000 })
  expect(await alertsOf(client)).toMatchObject([{ entity: 'alice', lists: { exits: before.version } }])

  await writeFile(list, '192.0.2.8\n')
  const after = await waitFor(
    async () => {
      const state = await stateOf(client)
      return state?.version === before.version ? undefined : state
    },
    { what: 'the new list', timeoutMs: 20_000 },
  )
  expect(after).toMatchObject({ entries: 1, badLines: 0, message: null })
  await login('bob', '::ffff:192.0.2.7')
  await login('carol', '::ffff:192.0.2.8')
  await waitFor(async () => (await alertsOf(client)).length > 1, { what: 'an alert about carol', timeoutMs: 20_000 })
  const raised = await alertsOf(client)
  expect(raised).toMatchObject([
    { entity: 'alice', lists: { exits: before.version } },
    { entity: 'carol', lists: { exits: after.version } },
  ])

  await engine.stop()
  engine = await start()
  await login('dave', '192.0.2.8')
  await waitFor(async () => (await alertsOf(engine.client)).length > 2, {
    what: 'an alert about dave',
    timeoutMs: 30_000,
  })
  expect(await alertsOf(engine.client)).toEqual([...raised, expect.objectContaining({ entity: 'dave' })])
}, 120_000)

test('the shipped database is there, with its date', async () => {
  const [database] = await engine.client.system.lists()
  expect(database).toMatchObject({
    name: 'geo-whois-asn-country.mmdb',
    type: 'database',
    provides: ['country'],
    state: 'current',
  })
  expect(database?.version).toMatch(/^[0-9a-f]{12}$/)
  expect(database?.madeAt?.getTime()).toBeGreaterThan(Date.parse('2026-01-01'))
})
