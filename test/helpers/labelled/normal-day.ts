import type { Random } from '../../../src/main/sample/random.ts'
import { settledDay, type Itinerary } from './itinerary.ts'
import { offsetHoursOf, type Person, type Population } from './people.ts'
import type { Actor, Tape } from './tape.ts'

const minute = 60_000
const hour = 60 * minute

/** What a person's day needs to know. */
export interface DayWorld {
  random: Random
  tape: Tape
  population: Population
  /** Midnight (UTC) of day 0, in ms. */
  startMs: number
  /** One session that people had open, and when: what attacks on sessions take over. */
  onSession: (person: Person, session: OpenSession) => void
  /** An honest person does what a rule exists to tell. */
  onNotable: (kind: 'new_device' | 'new_country' | 'anonymizer_exit', person: Person, atMs: number) => void
}

export interface OpenSession {
  actor: Actor & { sessionId: string }
  fromMs: number
  toMs: number
}

/** One stretch of time at one device. */
interface Sitting {
  device: number
  atHour: number
  hours: number
  /** Where from: the office, home, or on the way by the carrier's gateways. */
  place: 'work' | 'home' | 'way'
}

/** A day of one person in the time of the place: at work by day, at home or on the way in the evening. */
export function livePersonDay(world: DayWorld, person: Person, itinerary: Itinerary, day: number): void {
  const { random, startMs } = world
  const { trip } = itinerary
  if (trip?.flightDay === day || trip?.untilDay === day) return
  const weekend = day % 7 >= 5
  const away = trip !== null && day > trip.flightDay && day < trip.untilDay
  const midnightMs = startMs + day * 24 * hour - offsetHoursOf(away ? trip.country : person.country) * hour
  for (const sitting of sittingsOf(random, person, { day, weekend })) {
    const device = sitting.device === 1 && (itinerary.phone?.fromDay ?? Infinity) <= day ? itinerary.phone?.agent : null
    const agent = device ?? person.devices[sitting.device] ?? person.devices[0] ?? null
    const home = itinerary.home !== null && day >= itinerary.home.fromDay ? itinerary.home.address : person.home
    const addresses = away ? [trip.address] : addressesOf(world, person, { ...sitting, home, day })
    const atMs = midnightMs + sitting.atHour * hour
    if (away) world.onNotable('new_country', person, atMs)
    if (device !== null && device !== undefined) world.onNotable('new_device', person, atMs)
    if (addresses[0] === person.vpn?.address) world.onNotable('anonymizer_exit', person, atMs)
    sit(world, person, { agent, addresses, fromMs: atMs, hours: sitting.hours })
  }
}

function sittingsOf(random: Random, person: Person, { day, weekend }: { day: number; weekend: boolean }): Sitting[] {
  const sittings: Sitting[] = []
  const works = random.next() < (weekend ? 0.08 : 0.8)
  const shows = day > 0 && day < settledDay
  if (works) {
    // Most begin between half past eight and half past nine.
    const atHour = 9 + (random.next() + random.next() + random.next() - 1.5) * (random.next() < 0.8 ? 0.7 : 3)
    sittings.push({ device: 0, atHour, hours: 2 + random.next() * 6, place: 'work' })
  }
  // Before the settled day each device shows itself, whatever the dice say.
  if (person.devices.length > 1 && (random.next() < 0.3 || (shows && day === 1))) {
    sittings.push({ device: 1, atHour: 12 + random.next() * 10, hours: 0.2 + random.next(), place: 'way' })
  }
  if (person.devices.length > 2 && (random.next() < 0.1 || (shows && day === 2))) {
    sittings.push({ device: 2, atHour: 19 + random.next() * 3, hours: 0.3 + random.next(), place: 'home' })
  }
  if (!works && (random.next() < 0.35 || (shows && day === 3))) {
    sittings.push({ device: 0, atHour: 10 + random.next() * 11, hours: 0.5 + random.next() * 2, place: 'home' })
  }
  return sittings
}

function addressesOf(
  { random, population }: DayWorld,
  person: Person,
  { place, home, day }: Pick<Sitting, 'place'> & { home: string; day: number },
): readonly string[] {
  const { vpn, relay, tunnel, office, country } = person
  // Whoever has a VPN has had it for long.
  if (tunnel !== null && place === 'home' && (random.next() < 0.3 || day < settledDay)) return [tunnel]
  if (place !== 'work' && relay !== null) return [relay]
  if (place !== 'way' && vpn !== null && (random.next() < vpn.share || day < settledDay)) return [vpn.address]
  if (place === 'work') return [office ?? home]
  if (place === 'home') return [home]
  const gateways = population.carriers.get(country) ?? []
  return [random.pick(gateways), random.pick(gateways), random.pick(gateways)]
}

interface Stay {
  agent: string | null
  addresses: readonly string[]
  fromMs: number
  hours: number
}

/** From the first try of the password to the end of the session. */
function sit(world: DayWorld, person: Person, { agent, addresses, fromMs, hours }: Stay): void {
  const { random, tape, onSession } = world
  const at = (): string => random.pick(addresses)
  const who: Actor = { userId: person.userId, ip: at(), agent }
  const loginMs = signIn(world, who, fromMs)
  const endMs = loginMs + hours * hour
  const actor = { ...who, sessionId: tape.newSession() }
  tape.write(loginMs, 'login', actor)
  onSession(person, { actor, fromMs: loginMs, toMs: endMs })
  for (let atMs = loginMs; ;) {
    atMs += 14 * minute + random.next() * 34 * minute
    if (atMs >= endMs) break
    const type = random.next() < 0.55 ? 'token_refresh' : 'session_check'
    // A phone moves from one gateway to the next while its session goes on.
    tape.write(atMs, type, { ...actor, ip: at() })
    if (random.next() < 0.15) tape.write(atMs + random.next() * 10 * minute, 'document.update', { ...actor, ip: at() })
  }
  const leaves = random.next()
  if (leaves < 0.55) tape.write(endMs, 'logout', actor)
  else tape.write(endMs + 30 * minute, 'expired', actor)
}

/** How often of a hundred times that a password is mistyped so many tries go wrong: 1, 2, .. 8. */
const mistypings = [60, 22, 10, 5, 1.5, 0.8, 0.4, 0.3]
const mistypedShare = 0.03
/** After so many tries, at which applications usually lock or offer it, most have a new password sent to them. */
const patience = [3, 4, 5]

/** Tries of the password that fail, a few seconds apart. @returns when the one that succeeds comes, in ms */
function signIn({ random, tape }: DayWorld, who: Actor, fromMs: number): number {
  if (random.next() >= mistypedShare) return fromMs
  let chance = random.next() * 100
  const failures = 1 + mistypings.findIndex((share) => (chance -= share) < 0)
  const enough = random.pick(patience)
  let atMs = fromMs
  for (let index = 0; index < failures; index++) {
    if (index === enough && random.next() < 0.8) {
      tape.write(atMs + 20_000, 'password_reset_request', who)
      tape.write(atMs + 3 * minute, 'password_reset_complete', who)
      return atMs + 3 * minute + 15_000
    }
    tape.write(atMs, 'failed_login', who).metadata = { reason: 'wrong password' }
    atMs += 5_000 + random.next() * 20_000
  }
  return atMs
}
