import { createRandom } from '../../../src/main/sample/random.ts'
import type { AuditEvent } from '../../../src/shared/model/event.ts'
import { attacks, attacksBelow } from './attacks/all.ts'
import { idleSession, ordinaryFacts, powerUser } from './attacks/outages.ts'
import type { Scene } from './attacks/scene.ts'
import { liveClientDay } from './clients.ts'
import { createItinerary, learnedDay } from './itinerary.ts'
import type { Label } from './label.ts'
import { honestRevocation, newPassword, stalePassword } from './noise.ts'
import { livePersonDay, type DayWorld, type OpenSession } from './normal-day.ts'
import { createPopulation, type Person } from './people.ts'
import { Tape } from './tape.ts'

const dayMs = 86_400_000
/** A Monday, at midnight UTC. */
const startMs = Date.parse('2026-03-02T00:00:00Z')

export interface LabelledOptions {
  seed: number
  users: number
  /** More than the five that rules learn for. */
  days: number
  /** Attacks of each kind and form. */
  attacksEach: number
}

/** The numbers of the shipped rules were found on the first seed; the others are held out. */
export const seeds: readonly [number, ...number[]] = [1, 11, 13]
/** Some 1,000,000 events. */
export const fullSize: LabelledOptions = { seed: seeds[0], users: 10_000, days: 10, attacksEach: 8 }
/** Some 50,000 events. */
export const shortSize: LabelledOptions = { seed: seeds[0], users: 500, days: 10, attacksEach: 1 }

export interface Labelled {
  /** In the order of their times. */
  events: AuditEvent[]
  labels: readonly Label[]
  users: number
  days: number
}

/**
 * Days of an application that people use, with attacks among them: the same events for the same seed. People have working
 * hours, journeys, VPNs and relays, also some that no list knows, several devices, offices behind one address, some of them with
 * computers that are all alike, phones that change gateways, and passwords that they forget; programs call with keys. Each kind of attack comes in easy and hard forms, after the days for learning.
 */
export function generateLabelled({ seed, users, days, attacksEach }: LabelledOptions): Labelled {
  const random = createRandom(seed)
  const population = createPopulation(random, users)
  const tape = new Tape()
  const sessions: { person: Person; session: OpenSession }[] = []
  const onSession = (person: Person, session: OpenSession): void => {
    const settled = session.fromMs > startMs + learnedDay * dayMs
    if (settled && session.toMs - session.fromMs > dayMs / 12 && random.next() < 0.1) sessions.push({ person, session })
  }
  const notable = new Map<string, Label>()
  const onNotable: DayWorld['onNotable'] = (kind, { userId, vpn }, atMs) => {
    const key = `${kind} ${userId}`
    const entities = new Set(kind === 'anonymizer_exit' && vpn !== null ? [userId, vpn.address] : [userId])
    const before = notable.get(key)
    // Tries of the password delay the login.
    const [fromMs, toMs] = [
      Math.min(before?.fromMs ?? atMs, Math.floor(atMs)),
      Math.max(before?.toMs ?? 0, atMs + dayMs / 24),
    ]
    notable.set(key, { kind, form: 'notable', fromMs, toMs, entities })
  }
  const world = { random, tape, population, startMs, onSession, onNotable }
  const itineraries = new Map(population.people.map((one) => [one, createItinerary(random, one, days)]))
  for (let day = 0; day < days; day++) {
    for (const [person, itinerary] of itineraries) livePersonDay(world, person, itinerary, day)
    for (const client of population.clients) liveClientDay(world, client, day)
  }

  tape.labels.push(...notable.values())

  const takeSession: Scene['takeSession'] = () => sessions.splice(random.between(0, sessions.length - 1), 1)[0] ?? null
  const scene: Scene = { random, tape, population, takeSession }
  const anyTime = (fromDay: number): number => startMs + (fromDay + random.next() * (days - 0.4 - fromDay)) * dayMs
  const times = (countADay: number, make: (atMs: number) => void): void => {
    const count = Math.max(1, Math.round((countADay * days * users) / 10_000))
    for (let index = 0; index < count; index++) make(anyTime(0))
  }
  times(20, (atMs) => honestRevocation(scene, atMs))
  times(20, (atMs) => newPassword(scene, atMs))
  times(5, (atMs) => stalePassword(scene, atMs))
  times(12, (atMs) => ordinaryFacts(scene, atMs))
  times(4, (atMs) => idleSession(scene, atMs, random.next() < 0.5 ? 24 : 168))
  times(4, (atMs) => powerUser(scene, atMs, random.between(101, 900)))
  for (let round = 0; round < attacksEach; round++) {
    for (const attack of attacks) {
      attack(scene, 'easy', anyTime(learnedDay))
      attack(scene, 'hard', anyTime(learnedDay))
    }
    for (const attack of attacksBelow) attack(scene, anyTime(learnedDay))
  }
  const events = tape.events.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
  return { events, labels: tape.labels, users, days }
}
