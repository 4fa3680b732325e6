import { expect, test } from 'vitest'
import type { ConfigInput } from '../../src/main/engine/config-schema.ts'
import { plain, type MirrorWorld } from './mirror-world.ts'
import { openWorldForEach } from './world-for-each.ts'

const custom: NonNullable<ConfigInput['mirror']>['custom'] = [
  {
    name: 'shop',
    keyPattern: 'shop:*:session',
    type: 'json',
    fields: { userId: 'account.owner.id', ipAddress: 'client.ip', lastActive: 'seen', expiresAt: 'until' },
    timeUnit: 's',
  },
  { name: 'desk', keyPattern: 'desk:*', type: 'hash', fields: { userId: 'data.user', userAgent: 'agent' } },
  { name: 'own-plain', keyPattern: 'session:*', type: 'json', fields: { userId: 'who' } },
]

let world: MirrorWorld
openWorldForEach((opened) => ({ world } = opened), { custom })

const seenS = Math.floor(Date.now() / 1_000) - 60

test('reads fields at their paths, numbers in their unit, and keeps the rest as metadata', async () => {
  const value = {
    account: { owner: { id: 7 }, plan: 'team' },
    client: { ip: '203.0.113.4' },
    seen: seenS,
    until: seenS + 600,
    cart: [1],
  }
  await world.redis.client.set('shop:abcdefgh:session', JSON.stringify(value))
  await world.mirror.reconcile()
  expect(await world.row('abcdefgh')).toMatchObject({
    profile: 'shop',
    user_id: '7',
    ip_address: '203.0.113.4',
    last_active: new Date(seenS * 1_000),
    expires_at: new Date((seenS + 600) * 1_000),
    metadata: { cart: [1], account: { plan: 'team' } },
  })
})

test('reads JSON within the field of a hash', async () => {
  await world.redis.client.hset('desk:d1', { data: '{"user":"dora","theme":"dark"}', agent: 'Firefox' })
  await world.mirror.reconcile()
  expect(await world.row('d1')).toMatchObject({ profile: 'desk', user_id: 'dora', user_agent: 'Firefox' })
})

test('goes before the plain profile of the same prefix, which reads what the mapping does not', async () => {
  await world.redis.client.mset({ 'session:one': '{"who":"olga"}', 'session:two': plain('two') })
  await world.mirror.reconcile()
  expect(await world.row('one')).toMatchObject({ profile: 'own-plain', user_id: 'olga' })
  expect(await world.row('two')).toMatchObject({ profile: 'plain-json', user_id: 'alice' })
})

test('keys without the suffix are none of its sessions; values without a field are shown by the name of the mapping', async () => {
  await world.redis.client.mset({ 'shop:abc:cart': '{}', 'shop:abc:session': '{"cart":1}', 'shop::session': '{}' })
  await world.redis.client.set('desk:text', 'x')
  await world.mirror.reconcile()
  expect(await world.rows()).toEqual([])
  expect(world.problems.list().map(({ reason, examples }) => [reason, examples.length])).toEqual(
    expect.arrayContaining([
      ['not mirrored: no field of mirror.custom shop: expected account.owner.id or client.ip or seen or until', 1],
      ['not mirrored: a string: no session store under this prefix uses that type', 1],
    ]),
  )
  expect(world.problems.list()).toHaveLength(2)
  expect((await world.mirror.sessionStores()).places).toContainEqual({
    prefix: 'shop:',
    sessionKeys: 1,
    others: [{ what: 'other keys', keys: 2 }],
  })
})

test('is shown even where nothing of it is found; its sessions are found by their ids', async () => {
  expect((await world.mirror.sessionStores()).stores.map(({ profile }) => profile)).toEqual([
    'desk',
    'own-plain',
    'shop',
  ])
  await world.redis.client.set('shop:abcdefgh:session', '{"seen":1}')
  const sessionId = world.sessionIds.of('abcdefgh')
  expect(await world.mirror.resolveKeys([sessionId])).toEqual(
    new Map([[sessionId, { key: 'shop:abcdefgh:session', profile: 'shop', steps: [] }]]),
  )
})
