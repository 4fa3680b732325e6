import type { Random } from './random.ts'

/** Somebody who uses the sample application. */
export interface Person {
  userId: string
  email: string
  country: string
  /** Hours that the home country is ahead of UTC. */
  utcOffsetHours: number
  addresses: readonly string[]
  agents: readonly string[]
  /** How the account signs in. */
  authMethod: 'password' | 'jwt' | 'sso'
  /** How many times as active as the average. */
  weight: number
}

const homes = [
  { country: 'DE', utcOffsetHours: 1, share: 26 },
  { country: 'US', utcOffsetHours: -5, share: 22 },
  { country: 'GB', utcOffsetHours: 0, share: 14 },
  { country: 'FR', utcOffsetHours: 1, share: 12 },
  { country: 'IN', utcOffsetHours: 5, share: 10 },
  { country: 'BR', utcOffsetHours: -3, share: 8 },
  { country: 'JP', utcOffsetHours: 9, share: 8 },
] as const
const shares = homes.flatMap((home) => Array.from({ length: home.share }, () => home))

const desktops = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0',
]
const mobiles = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
]
const firstNames =
  'ada alan amara anna ben carla chen clara dan diego elif emma finn freya goro hana hugo ines ivan jana jonas kai lara leo lin luca maya milan mina nadia noah nora olga omar paul petra rani rosa sami sara theo tom uma vera viktor wei yara yusuf zoe'.split(
    ' ',
  )
const lastNames =
  'adams bauer becker brandt brown costa diaz evans fischer fuchs garcia haas hahn ito jones kaya keller khan klein koch kumar lang lima lopez martin meyer mori novak olsen patel peters rossi roth sato schmid silva simon smith sousa stein tanaka vogel wagner weber wolf wood young zhang'.split(
    ' ',
  )

/** Private to benchmarks (RFC 2544, 198.18.0.0/15): nobody's address on the internet. */
const homeAddress = (index: number): string => `198.${18 + ((index >> 16) & 1)}.${(index >> 8) & 255}.${index & 255}`
/** Shared by many behind one carrier's gateway (RFC 6598, 100.64.0.0/10). */
const carrierAddress = (random: Random): string =>
  `100.${64 + random.between(0, 3)}.${random.between(0, 7)}.${random.between(1, 254)}`

/** `size` people with homes and devices, the same for the same seed. */
export function createPopulation(random: Random, size: number): Person[] {
  return Array.from({ length: size }, (_, index) => {
    const home = random.pick(shares)
    const name = `${random.pick(firstNames)}.${random.pick(lastNames)}`
    const userId = index < 2_000 ? `${name}${index % 97}` : `${name}${index}`
    const agents = [random.pick(desktops)]
    if (random.next() < 0.6) agents.push(random.pick(mobiles))
    const addresses = [homeAddress(index + 256)]
    if (agents.length > 1) addresses.push(carrierAddress(random))
    return {
      userId,
      email: `${userId}@example.com`,
      country: home.country,
      utcOffsetHours: home.utcOffsetHours,
      addresses,
      agents,
      authMethod: random.pick(['password', 'password', 'password', 'sso', 'jwt'] as const),
      weight: random.next() < 0.05 ? 8 : 0.3 + random.next() * 1.4,
    }
  })
}

/**
 * How busy a person's hour is, 0.08 .. 1: quiet at night, a rise from 7, a dip at lunch, an evening tail.
 * `atMs` is UTC in milliseconds.
 */
export function busyness(person: Pick<Person, 'utcOffsetHours'>, atMs: number): number {
  const hour = (((atMs / 3_600_000 + person.utcOffsetHours) % 24) + 24) % 24
  const bump = (centre: number, width: number): number => Math.exp(-(((hour - centre) / width) ** 2))
  return Math.max(0.08, Math.min(1, bump(10, 2.5) + bump(15, 2.8) + 0.45 * bump(20.5, 2)))
}
