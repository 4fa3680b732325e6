import type { EventTest } from './field.ts'

/** A test of events, with what the engine wants to know of it. */
export interface Predicate {
  test: EventTest
  /** What is left to test of an event that is known to be of one of its types. */
  rest: EventTest
  /** How long it takes, beside 1 for the comparison of a column. */
  cost: number
  /** The types of events, in lower case, that it can hold for; null: any. */
  types: ReadonlySet<string> | null
  /** The columns of the event tables that it reads; null where it reads metadata, too. */
  columns: readonly string[] | null
  /** Lists and databases that it looks into. */
  uses: readonly string[]
}

export const always: EventTest = () => true

/** All must hold; what is cheap is asked first. */
export function allOf(predicates: readonly Predicate[]): Predicate {
  const tests = byCost(predicates)
  return {
    ...together(predicates),
    test: every(tests.map(({ test }) => test)),
    // What is of one of the common types is of one of each.
    rest: every(tests.map(({ rest }) => rest).filter((rest) => rest !== always)),
    types: intersection(predicates.map(({ types }) => types)),
  }
}

/** One must hold; what is cheap is asked first. */
export function anyOf(predicates: readonly Predicate[]): Predicate {
  const [only, ...others] = predicates
  if (only !== undefined && others.length === 0) return only
  const test = some(byCost(predicates).map((predicate) => predicate.test))
  return { ...together(predicates), test, rest: test, types: union(predicates.map(({ types }) => types)) }
}

export function not({ test, ...others }: Predicate): Predicate {
  const negated: EventTest = (event) => !test(event)
  return { ...others, test: negated, rest: negated, types: null }
}

function every(tests: readonly EventTest[]): EventTest {
  const [first, second, ...others] = tests
  if (first === undefined) return always
  if (second === undefined) return first
  if (others.length === 0) return (event) => first(event) && second(event)
  return (event) => tests.every((test) => test(event))
}

function some(tests: readonly EventTest[]): EventTest {
  const [first, second, ...others] = tests
  if (first !== undefined && second !== undefined && others.length === 0)
    return (event) => first(event) || second(event)
  return (event) => tests.some((test) => test(event))
}

const byCost = (predicates: readonly Predicate[]): Predicate[] => predicates.toSorted((a, b) => a.cost - b.cost)

const together = (predicates: readonly Predicate[]): Pick<Predicate, 'cost' | 'columns' | 'uses'> => ({
  cost: predicates.reduce((sum, { cost }) => sum + cost, 0),
  columns: columnsOf(predicates.map(({ columns }) => columns)),
  uses: [...new Set(predicates.flatMap(({ uses }) => uses))],
})

/** The columns that some fields or predicates come from together; null where one comes from more. */
export function columnsOf(all: readonly (readonly string[] | null)[]): readonly string[] | null {
  const known = all.filter((columns) => columns !== null)
  return known.length < all.length ? null : [...new Set(known.flat())]
}

type Types = Predicate['types']

const intersection = (all: readonly Types[]): Types =>
  all.reduce((a, b) => (a === null || b === null ? (a ?? b) : new Set([...a].filter((type) => b.has(type)))), null)

function union(all: readonly Types[]): Types {
  const types = new Set<string>()
  for (const one of all) {
    if (one === null) return null
    for (const type of one) types.add(type)
  }
  return types
}
