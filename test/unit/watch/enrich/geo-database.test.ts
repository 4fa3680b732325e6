import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openGeoDatabase } from '../../../../src/main/engine/watch/enrich/geo-database.ts'
import { writeMmdb, type MmdbContents } from '../../../helpers/mmdb.ts'

const open = (type: string, networks: MmdbContents['networks']) => openGeoDatabase(writeMmdb({ type, networks }))

const city = {
  country: { iso_code: 'GB', geoname_id: 2_635_167 },
  city: { names: { en: 'London', de: 'London' } },
  location: { latitude: 51.5142, longitude: -0.0931, accuracy_radius: 10 },
}

describe('a geographic database', () => {
  it('tells country, city and coordinates as City databases hold them', () => {
    const database = open('GeoLite2-City', { '81.2.69.0/24': city, '2001:218::/32': { country: { iso_code: 'JP' } } })
    expect(database).toMatchObject({ type: 'GeoLite2-City', provides: ['country', 'city'] })
    expect(database.builtAt).toEqual(new Date('2026-01-02T03:04:05Z'))
    const place = { latitude: 51.5142, longitude: -0.0931, radiusKm: 10 }
    expect(database.find('81.2.69.142')).toEqual({ country: 'GB', city: 'London', place, asn: null, uses: [] })
    expect(database.find('2001:218:1::1')).toMatchObject({ country: 'JP', city: null, place: null })
    expect(database.find('81.2.70.1')).toBeNull()
    expect(database.find('2001:219::')).toBeNull()
  })

  it('tells the network as ASN databases hold it, and as flat ones write it', () => {
    const record = { autonomous_system_number: 3320, autonomous_system_organization: 'Deutsche Telekom AG' }
    const database = open('GeoLite2-ASN', { '79.192.0.0/10': record, '5.9.0.0/16': { asn: 'AS24940' } })
    expect(database.provides).toEqual(['network'])
    expect(database.find('79.200.0.1')?.asn).toBe(3320)
    expect(database.find('5.9.1.1')?.asn).toBe(24_940)
  })

  it('tells what an address is used for as Anonymous-IP databases hold it', () => {
    const database = open('GeoIP2-Anonymous-IP', {
      '192.0.2.0/25': { is_anonymous: true, is_tor_exit_node: true },
      '192.0.2.128/25': { is_anonymous_vpn: true, is_hosting_provider: true },
      '198.51.100.0/24': { is_anonymous: false, is_public_proxy: false },
    })
    expect(database.provides).toEqual(['anonymity'])
    expect(database.find('192.0.2.1')?.uses).toEqual(['tor'])
    expect(database.find('192.0.2.200')?.uses).toEqual(['vpn', 'hosting'])
    expect(database.find('198.51.100.1')?.uses).toEqual([])
  })

  it('tells what flat databases hold, and no coordinates that are none', () => {
    const database = open('dbip city', {
      '192.0.2.0/25': { country_code: 'de', city: 'Berlin', latitude: 52.52, longitude: 13.405 },
      '192.0.2.128/25': { country: 'FR', lat: '48.85', lng: '2.35' },
      '198.51.100.0/24': { country_code: 'ZZZ', city: '', latitude: 91, longitude: 0 },
    })
    expect(database.find('192.0.2.1')).toMatchObject({ country: 'DE', city: 'Berlin', place: { radiusKm: 100 } })
    expect(database.find('192.0.2.129')).toMatchObject({ country: 'FR', place: { latitude: 48.85, longitude: 2.35 } })
    expect(database.find('198.51.100.1')).toMatchObject({ country: null, city: null, place: null })
  })

  it('is the one that is shipped', async () => {
    const file = createRequire(import.meta.url).resolve(
      '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
    )
    const database = openGeoDatabase(await readFile(file))
    expect(database.provides).toEqual(['country'])
    expect(
      ['79.192.1.1', '95.24.1.1', '90.1.2.3', '2a01:4f8::1'].map((address) => database.find(address)?.country),
    ).toEqual(['DE', 'RU', 'FR', 'DE'])
  })
})

describe('a file that is no database', () => {
  const whole = writeMmdb({ type: 'GeoLite2-City', networks: { '81.2.69.0/24': city, '5.9.0.0/16': city } })
  const mark = whole.lastIndexOf('MaxMind.com') - 3

  it('is refused wherever it was cut short', () => {
    for (let length = 0; length < mark; length += 7) {
      expect(() => openGeoDatabase(whole.subarray(0, length))).toThrow('it is no MaxMind DB, or is cut short')
    }
    for (let length = mark + 14; length < whole.length; length++) {
      expect(() => openGeoDatabase(whole.subarray(0, length))).toThrow()
    }
  })

  it('is refused where bytes in the middle are missing', () => {
    const [start, end] = [whole.subarray(0, 400), whole.subarray(mark - 20)]
    expect(() => openGeoDatabase(Buffer.concat([start, end]))).toThrow('its search tree is not as long as')
    const withoutNode = Buffer.concat([whole.subarray(0, 80), whole.subarray(88)])
    expect(() => openGeoDatabase(withoutNode)).toThrow('its search tree is not as long as')
  })

  it('is refused where it is compressed, empty, or something else', () => {
    expect(() => openGeoDatabase(gzipSync(whole))).toThrow('unpack it')
    expect(() => openGeoDatabase(Buffer.alloc(0))).toThrow('it is no MaxMind DB')
    expect(() => openGeoDatabase(Buffer.concat([whole, Buffer.alloc(200_000)]))).toThrow('it is no MaxMind DB')
    expect(() => openGeoDatabase(Buffer.from('<html>Not found</html>'))).toThrow('it is no MaxMind DB')
  })

  it('is refused where it tells nothing that rules read', () => {
    const networks = { '192.0.2.0/24': { connection_type: 'Cellular' } }
    expect(() => open('GeoIP2-Connection-Type', networks)).toThrow(
      'a GeoIP2-Connection-Type database, which tells nothing',
    )
  })

  it('says so when it is damaged only where an address leads', () => {
    const broken = Buffer.from(whole)
    // The type of the first record becomes one that there is not.
    broken.writeUInt16BE(0x00ff, broken.indexOf('country') - 2)
    const database = openGeoDatabase(broken)
    expect(() => database.find('81.2.69.1')).toThrow('it is damaged where it should tell of an address')
    expect(database.find('5.9.1.1')?.country).toBe('GB')
  })
})
