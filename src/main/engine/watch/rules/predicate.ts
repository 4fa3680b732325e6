import type { EventTest } from './field.ts'

/** A test of events, with what the engine wants to know of it. */
export interface Predicate {
  test: EventTest
  /** How long it takes, beside 1 for the comparison of a column. */
  cost: number
  /** The types of events, in lower case, that it can hold for; null: any. */
  types: ReadonlySet<string> | null
  /** The columns of the event tables that it reads; null where it reads metadata, too. */
  columns: readonly string[] | null
  /** Lists and databases that it looks into. */
  uses: readonly string[]
}

/** All must hold; what is cheap is asked first. */
export function allOf(predicates: readonly Predicate[]): Predicate {
  return combined(
    predicates,
    (tests) => {
      const [first, second, ...others] = tests
      if (first === undefined) return () => true
      if (second === undefined) return first
      if (others.length === 0) return (event) => first(event) && second(event)
      return (event) => tests.every((test) => test(event))
    },
    intersection(predicates.map(({ types }) => types)),
  )
}

/** One must hold; what is cheap is asked first. */
export function anyOf(predicates: readonly Predicate[]): Predicate {
  return combined(
    predicates,
    (tests) => {
      const [first, second, ...others] = tests
      if (first === undefined) return () => false
      if (second === undefined) return first
      if (others.length === 0) return (event) => first(event) || second(event)
      return (event) => tests.some((test) => test(event))
    },
    union(predicates.map(({ types }) => types)),
  )
}

export function not({ test, ...others }: Predicate): Predicate {
  return { ...others, test: (event) => !test(event), types: null }
}

function combined(
  predicates: readonly Predicate[],
  join: (tests: readonly EventTest[]) => EventTest,
  types: Predicate['types'],
): Predicate {
  return {
    test: join(predicates.toSorted((a, b) => a.cost - b.cost).map(({ test }) => test)),
    cost: predicates.reduce((sum, { cost }) => sum + cost, 0),
    types,
    columns: columnsOf(predicates.map(({ columns }) => columns)),
    uses: [...new Set(predicates.flatMap(({ uses }) => uses))],
  }
}

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
  for (const some of all) {
    if (some === null) return null
    for (const type of some) types.add(type)
  }
  return types
}
