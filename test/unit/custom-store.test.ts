import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { loadConfig } from '../../src/main/engine/config.ts'
import { takenNames } from '../../src/main/engine/custom-store.ts'
import { createProfiles } from '../../src/main/engine/sessions/profiles/create-profiles.ts'
import { createTempDir } from '../helpers/temp.ts'

const one = '{ name: shop, keyPattern: "shop:*", type: json, fields: { userId: user.id } }'

test.each([
  [
    '{ name: Shop!, keyPattern: "a:*", type: json, fields: { userId: u } }',
    'mirror.custom.0.name: expected up to 40 small',
  ],
  [
    '{ name: shop, keyPattern: "*", type: json, fields: { userId: u } }',
    'mirror.custom.0.keyPattern: expected a prefix',
  ],
  [
    '{ name: shop, keyPattern: "a:*:*", type: json, fields: { userId: u } }',
    'mirror.custom.0.keyPattern: expected a prefix',
  ],
  [
    '{ name: shop, keyPattern: "a:[x]*", type: json, fields: { userId: u } }',
    'mirror.custom.0.keyPattern: expected a prefix',
  ],
  [
    '{ name: shop, keyPattern: "a:*", type: list, fields: { userId: u } }',
    'mirror.custom.0.type: expected "json" or "hash"',
  ],
  [
    '{ name: shop, keyPattern: "a:*", type: json, fields: { userId: "a..b" } }',
    'mirror.custom.0.fields.userId: expected names',
  ],
  ['{ name: shop, keyPattern: "a:*", type: json, fields: {} }', 'mirror.custom.0.fields: expected at least one field'],
  [
    '{ name: shop, keyPattern: "a:*", type: json, fields: { user: u } }',
    'mirror.custom.0.fields.user: there is no such setting',
  ],
  [
    '{ name: symfony, keyPattern: "a:*", type: json, fields: { userId: u } }',
    'mirror.custom.0.name: expected a name that no',
  ],
  [`${one}, ${one.replace('shop:*', 'b:*')}`, 'mirror.custom.1.name: expected a name that no other'],
  [
    `${one}, ${one.replace('name: shop', 'name: b')}`,
    'mirror.custom.1.keyPattern: expected another prefix than that of shop',
  ],
  [
    `${one}, ${one.replace('name: shop', 'name: b').replace('shop:*', 'shop:*:x').replace('json', 'hash')}`,
    'mirror.custom.1.keyPattern: expected the suffix of shop',
  ],
])('mirror.custom of %s is refused by its key', async (yaml, message) => {
  const home = (await createTempDir()).path
  writeFileSync(path.join(home, 'config.yaml'), `mirror: { custom: [${yaml}] }\n`)
  expect(() => loadConfig({ env: {}, home })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) as string }),
  )
})

test('names of the stores that Gatehouse knows are taken, all of them', () => {
  const { all } = createProfiles(ConfigSchema.parse({}).mirror)
  expect(all.map(({ name }) => name).toSorted()).toEqual([...takenNames].toSorted())
})
