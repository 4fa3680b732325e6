import type { Random } from '../../../src/main/sample/random.ts'

/**
 * Networks of access providers whose country every database knows, as first two numbers of an address. They stand for "an
 * address in that country"; nobody's device is meant.
 */
const networks = {
  DE: ['84.130', '84.131', '77.180'],
  US: ['73.5', '73.6', '98.200'],
  GB: ['86.140', '86.141', '217.40'],
  FR: ['90.10', '90.11', '82.120'],
  IN: ['117.200', '117.201', '106.200'],
  BR: ['177.20', '177.64'],
  JP: ['126.3', '126.4'],
  ES: ['83.40', '83.41'],
  IT: ['79.10', '79.11'],
  NL: ['84.82', '84.83'],
  AU: ['58.165', '58.166', '101.160'],
  RU: ['95.25', '178.140'],
  CN: ['113.70', '113.71', '119.130'],
  VN: ['14.160', '14.161'],
  ID: ['36.70'],
  NG: ['105.112', '105.113'],
} as const
export type Country = keyof typeof networks

export const countries = Object.keys(networks) as Country[]

/** Nobody of the population lives there or goes there. */
export const farCountries: readonly Country[] = ['RU', 'CN', 'VN', 'ID', 'NG']

/** Lists that the watcher reads beside these events, by name: a line each is an address or a range. */
export const addressLists = {
  tor: ['185.220.101.0/24'],
  vpn: ['146.70.0.0/16'],
  relay: ['172.224.0.0/16'],
} as const

/** An address in a country, in a quarter of its networks by what it is for, so that no home is an office or a phone. */
function within(random: Random, country: Country, quarter: 0 | 1 | 2 | 3): string {
  return `${random.pick(networks[country])}.${quarter * 64 + random.between(0, 63)}.${random.between(1, 254)}`
}

export const homeAddress = (random: Random, country: Country): string => within(random, country, 0)
/** A company's gateway to the internet, or a hotel's. */
export const officeAddress = (random: Random, country: Country): string => within(random, country, 1)
/** A carrier's gateway, which many phones share. */
export const carrierAddress = (random: Random, country: Country): string => within(random, country, 2)
export const attackerAddress = (random: Random, country: Country): string => within(random, country, 3)

const host = (random: Random): string => `${random.between(0, 255)}.${random.between(1, 254)}`
export const torAddress = (random: Random): string => `185.220.101.${random.between(1, 254)}`
export const vpnAddress = (random: Random): string => `146.70.${host(random)}`
export const relayAddress = (random: Random): string => `172.224.${host(random)}`
