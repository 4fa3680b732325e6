import type { AuditEvent } from '../../../../shared/model/event.ts'
import type { ReferenceFile } from '../../../../shared/model/reference.ts'
import type { Config } from '../../config-schema.ts'
import type { EnrichedField, EnrichedValue, RuleEnvironment } from '../rules/environment.ts'
import { createAddressBook, type AddressBook, type Whereabouts } from './address-facts.ts'
import { agentOf } from './agent.ts'
import { countryCentre } from './country-centres.ts'
import { namedReferences, referenceStates, type References } from './references.ts'

/** What rules ask beside the event itself: geography, lists, agents. */
export interface Enrichment {
  environment: RuleEnvironment
  /** Reads the files, and from then on again when they change. */
  open(): Promise<void>
  /** Ends that for good. What was read stays in use. */
  close(): Promise<void>
  /** Reads what has changed, now. */
  look(): Promise<void>
  files(): ReferenceFile[]
}

/** Between two looks at the files: one that changed is in use after two. */
const lookMs = 2_000

/** @param report hears what is wrong: a reason, and which file, where and why */
export function createEnrichment(
  settings: Pick<Config['watch'], 'geo' | 'lists'>,
  report: (reason: string, key: string) => void,
): Enrichment {
  const references = namedReferences(settings)
  const all = [...references.databases, ...references.lists]
  const book = createAddressBook(references, ({ name, damage }) =>
    report('a geographic database is damaged: see Alerts, Rules', `${name}: ${damage}`),
  )
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let looking: Promise<void> = Promise.resolve()

  async function readChanged(): Promise<void> {
    for (const source of all) {
      if (!(await source.kept.look())) continue
      if ('damage' in source) source.damage = null
      book.forget()
      if (source.kept.problem !== null) {
        report(
          'a list or a geographic database cannot be used: see Alerts, Rules',
          `${source.file}: ${source.kept.problem}`,
        )
      }
    }
    for (const { file, kept } of references.lists) {
      if (kept.kept === null || told.get(file) === kept.kept.version) continue
      told.set(file, kept.kept.version)
      for (const { line, text, reason } of kept.kept.contents.examples) {
        report(
          'lines of a list were not understood, and left out: see Alerts, Rules',
          `${file}:${line}: "${text}", ${reason}`,
        )
      }
    }
  }
  /** Versions of lists whose bad lines were reported. */
  const told = new Map<string, string>()

  const look = (): Promise<void> => (looking = looking.then(readChanged))

  const byName = fieldsOf(references, book)
  return {
    environment: {
      field: (name) => byName.get(name) ?? null,
      fieldNames: [...byName.keys()],
      version: (name) => all.find((source) => source.name === name)?.kept.kept?.version ?? 'absent',
    },
    async open() {
      await look()
      if (!isClosed) timer ??= setInterval(() => void look(), lookMs).unref()
    },
    async close() {
      isClosed = true
      clearInterval(timer)
      await looking
    },
    look,
    files: () => referenceStates(references),
  }
}

function fieldsOf({ databases, lists }: References, book: AddressBook): ReadonlyMap<string, EnrichedField> {
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
  let last: { event: AuditEvent; edition: number; found: T } | null = null
  return (event) => {
    const { edition } = book
    if (last?.event !== event || last.edition !== edition) last = { event, edition, found: lookUp(event) }
    return last.found
  }
}
