import { rename, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigSchema } from '../../../../src/main/engine/config-schema.ts'
import { createEnrichment } from '../../../../src/main/engine/watch/enrich/enrichment.ts'
import { blankEvent, type AuditEvent } from '../../../../src/shared/model/event.ts'
import type { EventId } from '../../../../src/shared/model/ids.ts'
import { writeMmdb, type MmdbContents } from '../../../helpers/mmdb.ts'
import { createTempDir } from '../../../helpers/temp.ts'

const eventOf = (columns: Partial<AuditEvent>): AuditEvent => ({
  ...blankEvent({ eventId: 'e' as EventId, createdAt: new Date(0), kind: 'session', type: 'login', source: 'queue' }),
  ...columns,
})

/** An enrichment over files that `write` makes, and everything it reported. */
async function enriched(settings: (file: (name: string) => string) => object, files: Record<string, string | Buffer>) {
  const folder = await createTempDir()
  const file = (name: string) => path.join(folder.path, name)
  const write = (name: string, contents: string | Buffer) => writeFile(file(name), contents)
  for (const [name, contents] of Object.entries(files)) await write(name, contents)
  const reported: string[] = []
  const { watch } = ConfigSchema.parse({ watch: settings(file) })
  const enrichment = createEnrichment(watch, (reason, key) => reported.push(`${reason} | ${key}`))
  await enrichment.look()
  return {
    ...enrichment,
    file,
    write,
    reported,
    ask: (name: string, columns: Partial<AuditEvent>) => enrichment.environment.field(name)?.read(eventOf(columns)),
    stateOf: (name: string) => enrichment.files().find((one) => one.name === name),
    /** Twice: what has changed is read when it is found the same again. */
    settle: async () => {
      await enrichment.look()
      await enrichment.look()
    },
  }
}

const oneList = (file: (name: string) => string) => ({
  lists: [{ name: 'exits', file: file('exits.txt'), kind: 'tor' }],
})
const oneDatabase = (file: (name: string) => string) => ({ geo: { databases: [file('City.mmdb')] } })
const cityIn = (networks: MmdbContents['networks']) => writeMmdb({ type: 'GeoLite2-City', networks })

const berlin = {
  country: { iso_code: 'DE' },
  city: { names: { en: 'Berlin' } },
  location: { latitude: 52.52, longitude: 13.405, accuracy_radius: 20 },
}

describe('what rules ask of an address', () => {
  it('is answered by the shipped database where nothing else is given', async () => {
    const { ask } = await enriched(() => ({}), {})
    expect(ask('geo.country', { ipAddress: '95.24.1.1' })).toBe('RU')
    expect(ask('geo.country', { ipAddress: '::ffff:95.24.1.1' })).toBe('RU')
    expect(ask('geo.country', { ipAddress: '0:0:0:0:0:ffff:5f18:101' })).toBe('RU')
    expect(ask('geo.country', { ipAddress: '2a01:4f8::1' })).toBe('DE')
    expect(ask('geo.network', { ipAddress: '2a01:4f8::1' })).toBe('DE')
    expect(ask('geo.city', { ipAddress: '95.24.1.1' })).toBeNull()
    expect(ask('geo.radius_km', { ipAddress: '95.24.1.1' })).toBeGreaterThan(2_000)
    expect(ask('geo.latitude', { ipAddress: '2a01:4f8::1' })).toBeCloseTo(51, 0)
  })

  it('is answered by the databases of the user first, each for what it knows', async () => {
    const { ask } = await enriched((file) => ({ geo: { databases: [file('City.mmdb'), file('ASN.mmdb')] } }), {
      'City.mmdb': cityIn({ '95.24.0.0/16': berlin, '10.1.0.0/16': berlin }),
      'ASN.mmdb': writeMmdb({ type: 'GeoLite2-ASN', networks: { '95.24.0.0/16': { autonomous_system_number: 3320 } } }),
    })
    const home = { ipAddress: '95.24.1.1' }
    expect(
      ['geo.country', 'geo.city', 'geo.latitude', 'geo.longitude', 'geo.radius_km', 'geo.asn', 'geo.network'].map(
        (name) => ask(name, home),
      ),
    ).toEqual(['DE', 'Berlin', 52.52, 13.405, 20, 3320, 'AS3320'])
    // An office behind a private address, which only the user's own database can know.
    expect(ask('geo.city', { ipAddress: '10.1.2.3' })).toBe('Berlin')
    expect(ask('geo.country', { ipAddress: '77.88.8.8' })).toBe('RU')
  })

  it('is what the application said where the address leads nowhere', async () => {
    const { ask } = await enriched(() => ({}), {})
    for (const ipAddress of ['192.0.2.1', '10.0.0.1', '2001:db8::1', 'nonsense', null]) {
      expect(ask('geo.country', { ipAddress, country: 'fr' })).toBe('FR')
      expect(ask('geo.longitude', { ipAddress, country: 'FR' })).toBeCloseTo(2.6, 0)
      expect(ask('geo.country', { ipAddress, country: 'Frankreich' })).toBeNull()
      expect(ask('geo.country', { ipAddress })).toBeNull()
    }
    expect(ask('geo.country', { ipAddress: '95.24.1.1', country: 'FR' })).toBe('RU')
  })

  it.each([
    ['8.8.8.8', 'public'],
    ['10.0.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['::ffff:192.168.1.1', 'private'],
    ['::ffff:c0a8:101', 'private'],
    ['fd00::1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['100.64.0.1', 'carrier-nat'],
    ['192.0.2.1', 'documentation'],
    ['2001:db8::1', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'reserved'],
    ['2001:4860:4860::8888', 'public'],
    ['10.0.0', null],
    ['', null],
    ['1.2.3.4.5', null],
    [null, null],
  ])('calls %s %s', async (ipAddress, scope) => {
    const { ask } = await enriched(() => ({}), {})
    expect(ask('ip.scope', { ipAddress })).toBe(scope)
  })

  it('names the lists it is on, and what they and the databases hold', async () => {
    const { ask, environment, stateOf } = await enriched(
      (file) => ({
        geo: { databases: [file('Anonymous.mmdb')] },
        lists: [
          { name: 'exits', file: file('exits.txt'), kind: 'tor' },
          { name: 'relay', file: file('relay.csv'), kind: 'relay' },
        ],
      }),
      {
        'exits.txt': '# exits\n192.0.2.7\n',
        'relay.csv': '192.0.2.0/28,GB,GB-EN,London,\n2a02:26f7::/32,US,,,\n',
        'Anonymous.mmdb': writeMmdb({
          type: 'GeoIP2-Anonymous-IP',
          networks: { '192.0.2.0/30': { is_anonymous_vpn: true }, '192.0.2.7': { is_tor_exit_node: true } },
        }),
      },
    )
    expect(ask('ip.list', { ipAddress: '192.0.2.7' })).toEqual(['exits', 'relay'])
    expect(ask('ip.kind', { ipAddress: '192.0.2.7' })).toEqual(['tor', 'relay'])
    expect(ask('ip.kind', { ipAddress: '192.0.2.2' })).toEqual(['relay', 'vpn'])
    expect(ask('ip.list', { ipAddress: '2a02:26f7:1::1' })).toEqual(['relay'])
    expect(ask('ip.list', { ipAddress: '198.51.100.1' })).toBeNull()
    expect(ask('ip.kind', { ipAddress: null })).toBeNull()
    expect(environment.field('ip.list')?.uses).toEqual(['exits', 'relay'])
    expect(environment.field('ip.kind')?.uses).toEqual(['exits', 'relay', 'Anonymous.mmdb'])
    expect(environment.field('geo.country')?.uses).toEqual(['Anonymous.mmdb', 'geo-whois-asn-country.mmdb'])
    expect(environment.version('exits')).toBe(stateOf('exits')?.version)
    expect(environment.version('exits')).toMatch(/^[0-9a-f]{12}$/)
    expect(environment.version('gone')).toBe('absent')
  })

  it('is asked by a name that there is', async () => {
    const { environment } = await enriched(() => ({}), {})
    expect(environment.field('geo.planet')).toBeNull()
    expect(environment.field('__proto__')).toBeNull()
    expect(environment.fieldNames).toContain('geo.country')
  })
})

describe('a list', () => {
  it('is read again when it has changed, and once it is no longer being written', async () => {
    const { ask, write, look, stateOf } = await enriched(oneList, { 'exits.txt': '192.0.2.7\n' })
    const before = stateOf('exits')
    await write('exits.txt', '192.0.2.8\n192.0.2.9\n')
    await look()
    expect(ask('ip.list', { ipAddress: '192.0.2.8' })).toBeNull()
    await look()
    expect(ask('ip.list', { ipAddress: '192.0.2.8' })).toEqual(['exits'])
    expect(ask('ip.list', { ipAddress: '192.0.2.7' })).toBeNull()
    expect(stateOf('exits')).toMatchObject({ state: 'current', entries: 2, badLines: 0, message: null })
    expect(stateOf('exits')?.version).not.toBe(before?.version)
  })

  it('is the one that was read before while its file is gone, empty or nonsense', async () => {
    const { ask, file, write, settle, stateOf, reported } = await enriched(oneList, { 'exits.txt': '192.0.2.7\n' })
    const version = stateOf('exits')?.version
    const stands = (message: string) => {
      expect(ask('ip.list', { ipAddress: '192.0.2.7' })).toEqual(['exits'])
      expect(stateOf('exits')).toMatchObject({
        state: 'kept',
        version,
        message: expect.stringContaining(message) as unknown,
      })
    }
    await rm(file('exits.txt'))
    await settle()
    stands('there is no such file. What was read before is used')
    await write('exits.txt', '')
    await settle()
    stands('it is empty')
    await write('exits.txt', '<html>\n<body>busy</body>\n')
    await settle()
    stands('no line of it is an address; line 1: "<html>"')
    expect(reported).toHaveLength(3)
    await write('exits.txt', '192.0.2.7\n')
    await settle()
    expect(stateOf('exits')).toMatchObject({ state: 'current', version, message: null })
  })

  it('that comes back as it was is in use again', async () => {
    const { file, settle, stateOf } = await enriched(oneList, { 'real.txt': '192.0.2.7\n' })
    for (let round = 0; round < 2; round++) {
      await symlink(file('real.txt'), file('exits.txt'))
      await settle()
      expect(stateOf('exits')).toMatchObject({ state: 'current', message: null })
      await rm(file('exits.txt'))
      await settle()
      expect(stateOf('exits')).toMatchObject({ state: 'kept' })
    }
  })

  it('that is not there yet is on record, and used once it comes', async () => {
    const { ask, write, settle, stateOf, file, reported } = await enriched(oneList, {})
    expect(stateOf('exits')).toMatchObject({
      state: 'absent',
      version: null,
      entries: null,
      message: 'there is no such file. Put a good file there',
    })
    expect(reported).toEqual([
      `a list or a geographic database cannot be used: see Alerts, Rules | ${file('exits.txt')}: there is no such file`,
    ])
    expect(ask('ip.list', { ipAddress: '192.0.2.7' })).toBeNull()
    await write('exits.txt', '192.0.2.7')
    await settle()
    expect(ask('ip.list', { ipAddress: '192.0.2.7' })).toEqual(['exits'])
  })

  it('tells of its bad lines by file and line, once a version', async () => {
    const { ask, file, settle, stateOf, reported } = await enriched(oneList, {
      'exits.txt': '192.0.2.7\n192.0.2\n198.51.100.0/24\n2001:db8',
    })
    expect(ask('ip.list', { ipAddress: '198.51.100.77' })).toEqual(['exits'])
    expect(stateOf('exits')).toMatchObject({
      state: 'current',
      entries: 2,
      badLines: 2,
      message:
        '2 lines were not understood and left out, the first of them line 2: "192.0.2", no address, network or range',
    })
    await settle()
    expect(reported.map((line) => line.split(' | ')[1])).toEqual([
      `${file('exits.txt')}:2: "192.0.2", no address, network or range`,
      `${file('exits.txt')}:4: "2001:db8", no address, network or range`,
    ])
  })
})

describe('a geographic database', () => {
  it('that is replaced while it is open is read again', async () => {
    const { ask, file, write, settle, stateOf } = await enriched(oneDatabase, {
      'City.mmdb': cityIn({ '95.24.0.0/16': berlin }),
    })
    expect(stateOf('City.mmdb')).toMatchObject({
      state: 'current',
      provides: ['country', 'city'],
      madeAt: new Date('2026-01-02T03:04:05Z'),
    })
    await write('new.mmdb', cityIn({ '95.24.0.0/16': { ...berlin, city: { names: { en: 'Potsdam' } } } }))
    await rename(file('new.mmdb'), file('City.mmdb'))
    await settle()
    expect(ask('geo.city', { ipAddress: '95.24.1.1' })).toBe('Potsdam')
  })

  it('that is cut short or of no use leaves the one that was read before', async () => {
    const whole = cityIn({ '95.24.0.0/16': berlin })
    const { ask, write, settle, stateOf } = await enriched(oneDatabase, { 'City.mmdb': whole })
    await write('City.mmdb', whole.subarray(0, whole.length / 2))
    await settle()
    expect(ask('geo.city', { ipAddress: '95.24.1.1' })).toBe('Berlin')
    expect(stateOf('City.mmdb')).toMatchObject({
      state: 'kept',
      message: expect.stringContaining('cut short') as unknown,
    })
    await write(
      'City.mmdb',
      writeMmdb({ type: 'GeoIP2-Domain', networks: { '95.24.0.0/16': { domain: 'example.org' } } }),
    )
    await settle()
    expect(ask('geo.city', { ipAddress: '95.24.1.1' })).toBe('Berlin')
    expect(stateOf('City.mmdb')).toMatchObject({
      state: 'kept',
      message: expect.stringContaining('GeoIP2-Domain') as unknown,
    })
  })

  it('that was never good leaves the work to the shipped one', async () => {
    const { ask, stateOf } = await enriched(oneDatabase, { 'City.mmdb': 'not a database' })
    expect(stateOf('City.mmdb')).toMatchObject({ state: 'absent', version: null })
    expect(ask('geo.country', { ipAddress: '95.24.1.1' })).toBe('RU')
  })

  it('that is damaged inside is reported once, and the next one answers', async () => {
    const broken = cityIn({ '95.24.0.0/16': berlin })
    broken.writeUInt16BE(0x00ff, broken.indexOf('country') - 2)
    const { ask, reported, stateOf } = await enriched(oneDatabase, { 'City.mmdb': broken })
    expect(ask('geo.country', { ipAddress: '95.24.1.1' })).toBe('RU')
    expect(ask('geo.country', { ipAddress: '95.24.1.2' })).toBe('RU')
    expect(reported).toEqual([
      expect.stringContaining('a geographic database is damaged: see Alerts, Rules | City.mmdb: it is damaged'),
    ])
    expect(stateOf('City.mmdb')?.message).toContain('Download it again')
  })
})

describe('settings of lists', () => {
  const list = { name: 'exits', file: '/exits.txt', kind: 'tor' }
  it('refuse two lists of one name, and a kind that there is not', () => {
    expect(ConfigSchema.safeParse({ watch: { lists: [list, list] } }).success).toBe(false)
    expect(ConfigSchema.safeParse({ watch: { lists: [{ ...list, kind: 'proxies' }] } }).success).toBe(false)
    expect(ConfigSchema.safeParse({ watch: { lists: [list] } }).success).toBe(true)
  })
})
