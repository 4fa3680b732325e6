import { lru } from 'tiny-lru'
import { messageOf } from '../../../../shared/errors.ts'
import { addressKey, parseAddress } from '../../addresses.ts'
import { countryCentre } from './country-centres.ts'
import type { Place } from './distance.ts'
import type { GeoRecord } from './geo-record.ts'
import type { DatabaseFile, References } from './references.ts'
import { scopeOf, type Scope } from './scope.ts'

/** Where an address is, as far as it is known. */
export interface Whereabouts {
  country: string | null
  city: string | null
  place: Place | null
  asn: number | null
}

/** What is known of one address. */
export interface AddressFacts {
  readonly scope: Scope
  readonly whereabouts: Whereabouts
  /** Names of the lists that it is on. */
  readonly lists: readonly string[]
  /** What those lists hold, and what databases say that it is used for. */
  readonly kinds: readonly string[]
}

/** Addresses kept with what is known of them: 300 bytes each. */
const maxAddresses = 20_000

export interface AddressBook {
  /** What is known of an address, or null where the text is none. Looked up when asked, and kept. */
  find(text: string): AddressFacts | null
  /** Forgets what is kept: the files have changed. */
  forget(): void
  /** How often it has forgotten: what was found in an earlier edition may be wrong now. */
  readonly edition: number
}

/** @param onDamage hears of a database that turns out to be damaged, once a version */
export function createAddressBook(references: References, onDamage: (file: DatabaseFile) => void): AddressBook {
  const known = lru<AddressFacts | null>(maxAddresses)
  let edition = 0
  return {
    find(text) {
      const before = known.get(text)
      if (before !== undefined) return before
      const address = parseAddress(text)
      const facts = address === null ? null : new Facts(address, references, onDamage)
      known.set(text, facts)
      return facts
    },
    forget() {
      known.clear()
      edition++
    },
    get edition() {
      return edition
    },
  }
}

class Facts implements AddressFacts {
  /** As text: the key would hold on to the memory it was cut from. */
  readonly #address: string
  readonly #references: References
  readonly #onDamage: (file: DatabaseFile) => void
  #scope: Scope | null = null
  #whereabouts: Whereabouts | null = null
  #lists: readonly string[] | null = null
  #kinds: readonly string[] | null = null
  #records: readonly GeoRecord[] | null = null

  constructor(address: string, references: References, onDamage: (file: DatabaseFile) => void) {
    this.#address = address
    this.#references = references
    this.#onDamage = onDamage
  }

  get scope(): Scope {
    return (this.#scope ??= scopeOf(addressKey(this.#address)))
  }

  get whereabouts(): Whereabouts {
    return (this.#whereabouts ??= whereaboutsOf(this.#recorded()))
  }

  get lists(): readonly string[] {
    return (this.#lists ??= this.#onLists().map(({ name }) => name))
  }

  get kinds(): readonly string[] {
    return (this.#kinds ??= [
      ...new Set([...this.#onLists().map(({ kind }) => kind), ...this.#recorded().flatMap(({ uses }) => uses)]),
    ])
  }

  #onLists() {
    if (this.#references.lists.length === 0) return []
    const key = addressKey(this.#address)
    return this.#references.lists.filter(({ kept }) => kept.kept?.contents.addresses.has(key))
  }

  /** What the databases say, in their order. */
  #recorded(): readonly GeoRecord[] {
    this.#records ??= this.#references.databases.flatMap((file) => {
      // A user's own database may well know an office behind a private address.
      if (file.isBuiltIn && this.scope !== 'public') return []
      return this.#ask(file) ?? []
    })
    return this.#records
  }

  #ask(file: DatabaseFile): GeoRecord | null {
    try {
      return file.kept.kept?.contents.find(unmapped(this.#address)) ?? null
    } catch (error) {
      if (file.damage === null) {
        file.damage = messageOf(error)
        this.#onDamage(file)
      }
      return null
    }
  }
}

/** Country, city and coordinates are those of one record: the first that knows a country. */
function whereaboutsOf(records: readonly GeoRecord[]): Whereabouts {
  const located = records.find(({ country, place }) => country !== null || place !== null)
  const asn = records.find((record) => record.asn !== null)?.asn ?? null
  if (located === undefined) return { country: null, city: null, place: null, asn }
  const { country, city, place } = located
  return { country, city, place: place ?? (country === null ? null : countryCentre(country)), asn }
}

const mappedPrefix = addressKey('0.0.0.0').subarray(0, 12)

/** The address as databases have it: what is IPv4 in digits of IPv6 is in their trees as IPv4 alone. */
function unmapped(address: string): string {
  if (!address.includes(':')) return address
  const key = addressKey(address)
  return key.subarray(0, 12).equals(mappedPrefix) ? key.subarray(12).join('.') : address
}
