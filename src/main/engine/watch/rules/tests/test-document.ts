import { z } from 'zod'
import { Severity } from '../../../../../shared/model/alert.ts'
import { RuleError, type FieldPath } from '../rule-error.ts'
import { has, shaped } from '../shape.ts'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const maxRepeat = 100_000

/** Milliseconds of `90s`, `1h30m` or `250ms`. */
const Duration = z
  .string()
  .regex(/^(\d{1,6}(ms|[smhd]))+$/, 'write a time as 90s, 1h30m or 250ms')
  .transform((text) =>
    Array.from(text.matchAll(/(\d+)(ms|[smhd])/g)).reduce(
      (sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0),
      0,
    ),
  )

/** One event, or several alike: the fields as rules name them. `{n}` in a text is the number of the repetition, from 1. */
const TestEvent = z.looseObject({
  /** Since the beginning of the test. */
  at: Duration.default(0),
  repeat: z.number().int().min(1).max(maxRepeat).default(1),
  every: Duration.default(0),
  event_type: z.string().min(1),
})
export type TestEvent = z.infer<typeof TestEvent>

/** What is not written is not compared. */
const ExpectedAlert = z.strictObject({
  rule: z.string(),
  entity: z.string().optional(),
  severity: Severity.optional(),
  value: z.number().optional(),
  events: z.number().int().optional(),
  summary: z.string().optional(),
})
export type ExpectedAlert = z.infer<typeof ExpectedAlert>

const TestDocument = z.strictObject({
  name: z.string().min(1),
  events: z.array(TestEvent).min(1),
  /** Exactly these, in any order. */
  alerts: z.array(ExpectedAlert),
})
/** Events, and the alerts that the rules of the same file raise for them. */
export type RuleTest = z.infer<typeof TestDocument>

/** The tests under `tests` of a document or of a part of it. */
export function readTests(holder: unknown, at: FieldPath): RuleTest[] {
  if (!has(holder, 'tests')) return []
  const { tests, ...others } = holder as { tests: unknown }
  const [stray] = Object.keys(others)
  if (at.length === 0 && stray !== undefined) {
    throw new RuleError([stray], 'a document with tests has nothing else: write --- before it')
  }
  return shaped(z.array(TestDocument), tests, [...at, 'tests'])
}
