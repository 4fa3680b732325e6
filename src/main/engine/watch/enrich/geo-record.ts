import { flagOf, isEntries, textOf } from '../../json-values.ts'
import type { Place } from './distance.ts'

/** What one database says of an address; null where it says nothing of it. */
export interface GeoRecord {
  /** ISO 3166-1 alpha-2. */
  country: string | null
  city: string | null
  place: Place | null
  /** Number of the autonomous system. */
  asn: number | null
  /** What the address is used for: tor, vpn, proxy, relay, hosting. */
  uses: readonly string[]
}

/** Of databases that give coordinates and do not say how exact they are: the region of a city. */
const unstatedRadiusKm = 100

/** Names of the flags in Anonymous IP and Enterprise databases, and in those that name them shortly. */
const flags: Readonly<Record<string, string>> = {
  is_tor_exit_node: 'tor',
  is_anonymous_vpn: 'vpn',
  is_public_proxy: 'proxy',
  is_residential_proxy: 'proxy',
  is_hosting_provider: 'hosting',
  tor: 'tor',
  vpn: 'vpn',
  proxy: 'proxy',
  relay: 'relay',
  hosting: 'hosting',
}

/**
 * Reads a record of any of the usual databases: those of MaxMind and of DB-IP nest (country.iso_code, city.names.en,
 * location, traits), others are flat (country_code, city, latitude, longitude, asn).
 */
export function readGeoRecord(record: unknown): GeoRecord {
  const traits = isEntries(at(record, 'traits')) ? at(record, 'traits') : record
  return {
    country: countryCode(
      at(record, 'country', 'iso_code') ??
        at(record, 'registered_country', 'iso_code') ??
        at(record, 'country_code') ??
        at(record, 'country'),
    ),
    city: nonEmpty(at(record, 'city', 'names', 'en') ?? at(record, 'city')),
    place: readPlace(isEntries(at(record, 'location')) ? at(record, 'location') : record),
    asn: systemNumber(at(traits, 'autonomous_system_number') ?? at(traits, 'asn')),
    uses: [...new Set(Object.keys(flags).flatMap((name) => (flagOf(at(traits, name)) ? [flags[name] ?? name] : [])))],
  }
}

function at(value: unknown, ...names: string[]): unknown {
  let found = value
  for (const name of names) found = isEntries(found) && Object.hasOwn(found, name) ? found[name] : undefined
  return found
}

const nonEmpty = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function countryCode(value: unknown): string | null {
  const code = typeof value === 'string' ? value.toUpperCase() : ''
  return /^[A-Z]{2}$/.test(code) ? code : null
}

function readPlace(location: unknown): Place | null {
  const latitude = degrees(at(location, 'latitude') ?? at(location, 'lat'), 90)
  const longitude = degrees(at(location, 'longitude') ?? at(location, 'lng'), 180)
  if (latitude === null || longitude === null) return null
  const stated = Number(at(location, 'accuracy_radius') ?? at(location, 'radius') ?? Number.NaN)
  return { latitude, longitude, radiusKm: stated >= 0 ? stated : unstatedRadiusKm }
}

function degrees(value: unknown, most: number): number | null {
  const number = Number(textOf(value)?.trim() || Number.NaN)
  return Math.abs(number) <= most ? number : null
}

function systemNumber(value: unknown): number | null {
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(textOf(value) ?? '')?.[1]
  return digits === undefined || Number(digits) === 0 ? null : Number(digits)
}
