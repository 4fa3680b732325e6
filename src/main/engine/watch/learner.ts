import type { FieldValue } from './rules/fields.ts'

/** Nobody is remembered who has done nothing for so long: what is stored does not reach back further (`audit.retentionDays`). */
export const forgetAfterMs = 90 * 86_400_000

/** What is known of one learner: since when, until when, and the values it had, the latest last. */
export interface Learned {
  readonly sinceMs: number
  readonly untilMs: number
  readonly values: readonly FieldValue[]
}

/** What `learn` made of a value: whether it was new for one who is known for long enough, and what is known now. */
export interface Lesson {
  unseen: boolean
  learned: Learned
}

/**
 * @param before what was known, null of somebody new
 * @param last number of values that are remembered
 * @param learnMs time since the first event before which nothing is new
 */
export function learn(
  before: Learned | null,
  { atMs, value }: { atMs: number; value: FieldValue },
  { last, learnMs }: { last: number; learnMs: number },
): Lesson {
  if (before === null || atMs - before.untilMs > forgetAfterMs) {
    return { unseen: false, learned: { sinceMs: atMs, untilMs: atMs, values: [value] } }
  }
  const { sinceMs, values } = before
  if (values.at(-1) === value) return { unseen: false, learned: { sinceMs, untilMs: atMs, values } }
  const others = values.filter((known) => known !== value)
  const unseen = others.length === values.length && atMs - sinceMs >= learnMs
  return { unseen, learned: { sinceMs, untilMs: atMs, values: [...others, value].slice(-last) } }
}
