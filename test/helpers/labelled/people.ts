import type { Random } from '../../../src/main/sample/random.ts'
import {
  attackerAddress,
  carrierAddress,
  homeAddress,
  officeAddress,
  relayAddress,
  vpnAddress,
  type Country,
} from './addresses.ts'
import { apiAgents, desktops, phones, tablets } from './agents.ts'

/** Somebody who uses the watched application. */
export interface Person {
  userId: string
  country: Country
  /** Desktop, then phone, then tablet, as far as there are any. */
  devices: readonly string[]
  home: string
  /** The gateway of the company, which some hundreds share; null for who works at home. */
  office: string | null
  /** A private VPN, which is on a list, and what of the time it is used. */
  vpn: { address: string; share: number } | null
  /** A relay that hides addresses, as a phone's maker offers it. */
  relay: string | null
  /** A gateway in another country that is on no list: a VPN of a small maker, or of the company. Used now and then. */
  tunnel: string | null
}

/** A program with an account and a key. */
export interface ApiClient {
  userId: string
  ip: string
  agent: string
}

export interface Population {
  people: readonly Person[]
  clients: readonly ApiClient[]
  /** Gateways of carriers, by country: phones change between them. */
  carriers: ReadonlyMap<Country, readonly string[]>
  /** Gateways of companies, each with those who work behind it. */
  offices: readonly { address: string; people: readonly Person[] }[]
}

/** Hours ahead of UTC, and how many of a hundred live there. */
const homes: Readonly<Record<string, { country: Country; offsetHours: number; share: number }>> = {
  DE: { country: 'DE', offsetHours: 1, share: 26 },
  US: { country: 'US', offsetHours: -5, share: 20 },
  GB: { country: 'GB', offsetHours: 0, share: 14 },
  FR: { country: 'FR', offsetHours: 1, share: 12 },
  IN: { country: 'IN', offsetHours: 5, share: 10 },
  BR: { country: 'BR', offsetHours: -3, share: 8 },
  JP: { country: 'JP', offsetHours: 9, share: 6 },
  NL: { country: 'NL', offsetHours: 1, share: 4 },
}
const shares = Object.values(homes).flatMap(({ country, share }) => Array.from({ length: share }, () => country))
export const homeCountries = Object.values(homes).map(({ country }) => country)

export const offsetHoursOf = (country: Country): number => homes[country]?.offsetHours ?? 8

/** As many of the people as work behind one gateway: from a few to hundreds. */
const officeSizes = [12, 25, 40, 80, 150, 300]
const carrierGateways = 24
/** Of the companies those whose computers are all alike: call centres, shops, schools. */
const alikeShare = 0.02
/** Of the people those whose VPN no list knows. */
const tunnelShare = 0.002

const others = (country: Country): Country[] => homeCountries.filter((one) => one !== country)

export function createPopulation(random: Random, size: number): Population {
  const offices: { address: string; country: Country; people: Person[]; size: number; agent: string | null }[] = []
  const carriers = new Map(
    homeCountries.map((country) => [
      country,
      Array.from({ length: carrierGateways }, () => carrierAddress(random, country)),
    ]),
  )
  const people = Array.from({ length: size }, (_, index): Person => {
    const country = random.pick(shares)
    const devices: string[] = [random.pick(desktops)]
    if (random.next() < 0.65) devices.push(random.pick(phones))
    if (devices.length > 1 && random.next() < 0.15) devices.push(random.pick(tablets))
    const person = {
      userId: `u${String(index).padStart(5, '0')}`,
      country,
      devices,
      home: homeAddress(random, country),
      office: null as string | null,
      vpn: random.next() < 0.002 ? { address: vpnAddress(random), share: 0.3 + random.next() * 0.6 } : null,
      relay: random.next() < 0.03 ? relayAddress(random) : null,
      tunnel: random.next() < tunnelShare ? attackerAddress(random, random.pick(others(country))) : null,
    }
    if (random.next() < 0.55) {
      let office = offices.find((one) => one.country === country && one.people.length < one.size)
      if (office === undefined) {
        const agent = random.next() < alikeShare ? random.pick(desktops) : null
        office = { address: officeAddress(random, country), country, people: [], size: random.pick(officeSizes), agent }
        offices.push(office)
      }
      office.people.push(person)
      person.office = office.address
      if (office.agent !== null) devices[0] = office.agent
    }
    return person
  })
  const clients = Array.from({ length: Math.max(2, Math.round(size / 500)) }, (_, index) => ({
    userId: `svc-${index}`,
    ip: officeAddress(random, random.pick(homeCountries)),
    agent: random.pick(apiAgents),
  }))
  return { people, clients, carriers, offices }
}
