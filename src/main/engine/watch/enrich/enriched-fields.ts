import type { AuditEvent } from '../../../../shared/model/event.ts'
import type { EnrichedField, EnrichedValue } from '../rules/environment.ts'
import type { AddressBook, Whereabouts } from './address-facts.ts'
import { agentOf } from './agent.ts'
import { countryCentre } from './country-centres.ts'
import type { References } from './references.ts'

/** The fields that rules may ask for, by name. */
export function enrichedFields(
  { databases, lists }: References,
  book: AddressBook,
): ReadonlyMap<string, EnrichedField> {
  const databaseNames = databases.map(({ name }) => name)
  const ownNames = databases.filter(({ isBuiltIn }) => !isBuiltIn).map(({ name }) => name)
  const listNames = lists.map(({ name }) => name)
  const factsOf = onceAnEvent(book, ({ ipAddress }) => (ipAddress === null ? null : book.find(ipAddress)))
  const whereaboutsOf = onceAnEvent(book, (event) => {
    const found = factsOf(event)?.whereabouts ?? nowhere
    return found.country === null && found.place === null ? { ...found, ...saidOf(event.country) } : found
  })
  const agent = onceAnEvent(book, ({ userAgent }) => (userAgent === null ? null : agentOf(userAgent)))

  const geo = (read: (where: Whereabouts) => EnrichedValue): EnrichedField => ({
    read: (event) => read(whereaboutsOf(event)),
    uses: databaseNames,
  })
  const ofAgent = (name: 'kind' | 'device'): EnrichedField => ({
    read: (event) => agent(event)?.[name] ?? null,
    uses: [],
  })
  return new Map<string, EnrichedField>([
    ['geo.country', geo(({ country }) => country)],
    ['geo.city', geo(({ city }) => city)],
    ['geo.latitude', geo(({ place }) => place?.latitude ?? null)],
    ['geo.longitude', geo(({ place }) => place?.longitude ?? null)],
    ['geo.radius_km', geo(({ place }) => place?.radiusKm ?? null)],
    ['geo.asn', geo(({ asn }) => asn)],
    ['geo.network', geo(({ asn, country }) => (asn === null ? country : `AS${asn}`))],
    ['ip.scope', { read: (event) => factsOf(event)?.scope ?? null, uses: [] }],
    ['ip.list', { read: (event) => some(factsOf(event)?.lists), uses: listNames }],
    ['ip.kind', { read: (event) => some(factsOf(event)?.kinds), uses: [...listNames, ...ownNames] }],
    ['agent.kind', ofAgent('kind')],
    ['device', ofAgent('device')],
  ])
}

const nowhere: Whereabouts = { country: null, city: null, place: null, asn: null }

/** What the application itself said of the country, where the address leads nowhere. */
function saidOf(country: string | null): Pick<Whereabouts, 'country' | 'place'> {
  const code = country?.toUpperCase() ?? ''
  return /^[A-Z]{2}$/.test(code) ? { country: code, place: countryCentre(code) } : { country: null, place: null }
}

const some = (values: readonly string[] | undefined): EnrichedValue =>
  values === undefined || values.length === 0 ? null : values

/** Rules are asked one after the other of the same event: what they look up is looked up once. */
function onceAnEvent<T>(book: AddressBook, lookUp: (event: AuditEvent) => T): (event: AuditEvent) => T {
  let last: AuditEvent | null = null
  let edition = Number.NaN
  let found: T
  return (event) => {
    if (last === event && edition === book.edition) return found
    found = lookUp(event)
    last = event
    edition = book.edition
    return found
  }
}
