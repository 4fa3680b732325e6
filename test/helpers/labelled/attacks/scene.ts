import type { Random } from '../../../../src/main/sample/random.ts'
import { attackerAddress, farCountries } from '../addresses.ts'
import { desktops, scripts } from '../agents.ts'
import type { OpenSession } from '../normal-day.ts'
import type { Person, Population } from '../people.ts'
import type { Tape } from '../tape.ts'

/** Where attacks take place. */
export interface Scene {
  random: Random
  tape: Tape
  population: Population
  /** Sessions of people that were open for some hours, for attacks that take one over; each at most once. */
  takeSession: () => { person: Person; session: OpenSession } | null
}

/**
 * One attack of its kind, in one of its forms, that begins at `atMs`.
 * @returns what it is by the catalogue, and whom alerts may name
 */
export type Attack = (scene: Scene, form: 'easy' | 'hard', atMs: number) => void

export const farAddress = ({ random }: Scene): string => attackerAddress(random, random.pick(farCountries))
export const anyPerson = ({ random, population }: Scene): Person => random.pick(population.people)

/** So many different people. */
export function somePeople({ random, population }: Scene, count: number): Person[] {
  const chosen = new Set<Person>()
  while (chosen.size < Math.min(count, population.people.length)) chosen.add(random.pick(population.people))
  return [...chosen]
}

/** A company with at least so many people, if there is one. */
export const anOffice = ({ random, population }: Scene, least: number) =>
  random.pick(
    population.offices.filter(({ people }) => people.length >= least).length > 0
      ? population.offices.filter(({ people }) => people.length >= least)
      : population.offices,
  )

export const scriptOrBrowser = ({ random }: Scene): string =>
  random.next() < 0.5 ? random.pick(scripts) : random.pick(desktops)
