import type { Random } from '../../../src/main/sample/random.ts'
import { countries, farCountries, homeAddress, officeAddress, type Country } from './addresses.ts'
import { phones } from './agents.ts'
import type { Person } from './people.ts'

/** What is out of the ordinary in somebody's days. */
export interface Itinerary {
  /** A journey: the day of the flight has no events, so that any distance is far within what planes fly. */
  trip: { flightDay: number; untilDay: number; country: Country; address: string } | null
  /** A new phone, of another maker, from that day on. */
  phone: { fromDay: number; agent: string } | null
  /** A new provider, from that day on: another address at home. */
  home: { fromDay: number; address: string } | null
}

/** Once in so many days. */
const tripEveryDays = 400
const phoneEveryDays = 900
const providerEveryDays = 200

const isApple = (agent: string): boolean => agent.includes('iPhone')

/** Before this day everybody has used all devices once, as after months of use: rules that learn have seen them. */
export const settledDay = 5

/** From this day on rules that learn for five days have learned everybody, also who was first seen on the second day. */
export const learnedDay = 7

/** Attackers sit in the others. */
const journeys = countries.filter((country) => !farCountries.includes(country))

export function createItinerary(random: Random, person: Person, days: number): Itinerary {
  const chance = (everyDays: number): boolean => random.next() < days / everyDays
  const day = () => random.between(learnedDay - 1, days - 2)
  const flightDay = day()
  const country = random.pick(journeys.filter((one) => one !== person.country))
  const home = random.between(1, days)
  return {
    trip: chance(tripEveryDays)
      ? { flightDay, untilDay: flightDay + random.between(3, 6), country, address: officeAddress(random, country) }
      : null,
    phone: chance(phoneEveryDays)
      ? {
          fromDay: day(),
          agent: random.pick(phones.filter((agent) => isApple(agent) !== isApple(person.devices[1] ?? ''))),
        }
      : null,
    home: chance(providerEveryDays) ? { fromDay: home, address: homeAddress(random, person.country) } : null,
  }
}
