import { appendFileSync } from 'node:fs'
import { expect } from 'vitest'

/** What became of what was numbered: the first names of each kind, which are what one looks for after a failure. */
export interface Verdict {
  lost: string[]
  doubled: string[]
  unexpected: string[]
  /** Keys of batches, leases and owners that nobody will ever settle. */
  orphans: string[]
}

export const exact: Verdict = { lost: [], doubled: [], unexpected: [], orphans: [] }

const shown = 20

export interface Comparison {
  /** What has to be there, once. */
  expected: Iterable<string>
  /** What may be there once, or not. */
  perhaps?: Iterable<string>
  /** What is there. */
  found: readonly string[]
  orphans: string[]
}

export interface Run {
  /** How many numbered events the fault was done to. */
  events: number
  startedAtMs: number
}

/** Compares the sets, and adds the numbers to the report of `npm run faults`. */
export function compare({ events, startedAtMs }: Run, { expected, perhaps = [], found, orphans }: Comparison): Verdict {
  const wanted = new Set(expected)
  const there = new Set(found)
  const allowed = new Set(perhaps)
  const seen = new Set<string>()
  const verdict: Verdict = {
    lost: [...wanted].filter((name) => !there.has(name)),
    doubled: found.filter((name) => seen.size === seen.add(name).size),
    unexpected: [...there].filter((name) => !wanted.has(name) && !allowed.has(name)),
    orphans,
  }
  report({
    fault: expect.getState().currentTestName ?? '',
    events,
    ...each(verdict, (names) => names.length),
    seconds: Math.round((performance.now() - startedAtMs) / 100) / 10,
  })
  return each(verdict, (names) => names.slice(0, shown))
}

const each = <T>({ lost, doubled, unexpected, orphans }: Verdict, of: (names: string[]) => T) => ({
  lost: of(lost),
  doubled: of(doubled),
  unexpected: of(unexpected),
  orphans: of(orphans),
})

/** A line of JSON a fault; scripts/faults.mjs names the file. */
function report(line: object): void {
  const file = process.env['GATEHOUSE_FAULTS_REPORT']
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`)
}
