import { z } from 'zod'
import { EntityKind, type Severity } from '../../../../shared/model/alert.ts'

/** Levels as Sigma calls them, mildest first. */
export const levelNames = ['informational', 'low', 'medium', 'high', 'critical'] as const
const LevelName = z.enum(levelNames)
export type LevelName = z.infer<typeof LevelName>

export const severityOf = (level: LevelName): Severity => (level === 'informational' ? 'info' : level)

const text = z.string().min(1)
const texts = z.union([text.transform((one) => [one]), z.array(text)], 'write one text, or a list of texts')
const named = /^[\w.-]{1,100}$/
const nameRule = 'letters, digits, dots, dashes and underscores only'

/** Fields of Sigma that say something to readers and nothing to the engine, and those that name the rule. */
const about = {
  title: text.max(256),
  id: z.string().regex(named, `an id has ${nameRule}: a UUID is best`).optional(),
  name: z.string().regex(named, `a name has ${nameRule}`).optional(),
  taxonomy: z.literal('gatehouse', 'the names of fields are those of docs/rules.md: leave taxonomy out').optional(),
  status: z.enum(['stable', 'test', 'experimental', 'deprecated', 'unsupported']).optional(),
  description: text.max(65_535).optional(),
  references: z.array(text).optional(),
  author: text.optional(),
  date: text.optional(),
  modified: text.optional(),
  license: text.optional(),
  falsepositives: texts.optional(),
  fields: z.array(text).optional(),
  related: z.array(z.strictObject({ id: text, type: text })).optional(),
  scope: texts.optional(),
  tags: z.array(text).default([]),
}

const LogSource = z.strictObject({
  product: z.literal('gatehouse'),
  /** `session`: rows of audit_sessions; `audit`: rows of audit_logs; without it, both. */
  service: z.enum(['session', 'audit']).optional(),
  definition: text.optional(),
})
export type LogSource = z.infer<typeof LogSource>

const episode = {
  /** What the group is, where its field does not say. */
  entity: EntityKind.optional(),
  /** Time without an event that ends an episode. */
  quiet: text.optional(),
  /** The sentence of the alert; see summary.ts. */
  summary: text.max(500).optional(),
  /** See tests/test-document.ts. */
  tests: z.unknown().optional(),
}

/** A rule that selects events. By itself it raises an alert for each of them, if it has a level. */
export const BaseDocument = z.strictObject({
  ...about,
  level: LevelName.optional(),
  logsource: LogSource,
  detection: z.record(z.string(), z.unknown()),
  gatehouse: z
    .strictObject({
      ...episode,
      /** Whom an alert is about, and for whom a value is new. */
      'group-by': texts.default(['user_id']),
      /** Selects only events whose value is not among the last of the group's, once the group is known. */
      unseen: z
        .strictObject({
          field: text,
          last: z.number().int().min(1).max(1_000).default(20),
          /** Nothing is new before this long has passed since the group's first event. */
          learn: text.default('5d'),
        })
        .optional(),
    })
    .prefault({}),
})
export type BaseDocument = z.infer<typeof BaseDocument>

const limit = z.number().optional()
/** Bounds of a value, and what the value is of: Sigma's condition of a correlation. */
export const ConditionDocument = z
  .strictObject({
    field: texts.optional(),
    percentile: z.number().min(0).max(100).optional(),
    gt: limit,
    gte: limit,
    lt: limit,
    lte: limit,
    eq: limit,
    neq: limit,
  })
  .transform(({ field, percentile, ...bounds }) => ({ field, percentile, bounds }))
  .refine(
    ({ bounds }) => Object.values(bounds).some((bound) => bound !== undefined),
    'a condition needs at least one of gt, gte, lt, lte, eq, neq',
  )
export type ConditionDocument = z.infer<typeof ConditionDocument>

/** Further conditions on the same window, each under the name of its measure. */
const Where = z
  .array(
    z
      .record(z.string(), ConditionDocument)
      .refine(
        (one) => Object.keys(one).length === 1,
        'write one measure an item, for example "- event_count: {gte: 15}"',
      ),
  )
  .max(8)
export type Where = z.infer<typeof Where>

const Timespan = text

/** A rule that measures what others select or say. `gatehouse` says what Sigma cannot. */
export const CorrelationDocument = z.strictObject({
  ...about,
  level: LevelName.optional(),
  correlation: z.strictObject({
    type: text.optional(),
    rules: texts.refine((names) => names.length > 0, 'a correlation needs at least one rule').optional(),
    'group-by': texts.default([]),
    timespan: Timespan,
    /** A ConditionDocument or, for the temporal types, an expression over the rules. */
    condition: z.unknown().optional(),
    aliases: z.record(z.string(), z.record(z.string(), text)).default({}),
    generate: z.boolean().default(false),
  }),
  generate: z.boolean().default(false),
  gatehouse: z
    .strictObject({
      ...episode,
      /** A measure that Sigma has no correlation type for. */
      kind: text.optional(),
      where: Where.default([]),
      /** Events of the other rules that an event of rule `by` with the same values follows in the window count no more. */
      resolved: z.strictObject({ by: text, field: texts }).optional(),
      /** Least time between the first and the last event of `temporal_ordered`. */
      after: Timespan.optional(),
      /** More severe levels, each with its own window, that an open episode is raised to. */
      raise: z
        .array(
          z.strictObject({
            level: LevelName,
            timespan: Timespan,
            condition: ConditionDocument,
            where: Where.optional(),
          }),
        )
        .max(4)
        .default([]),
    })
    .prefault({}),
})
export type CorrelationDocument = z.infer<typeof CorrelationDocument>

/** Sigma's global filter: events of some rules must meet its condition, too. */
export const FilterDocument = z.strictObject({
  ...about,
  logsource: LogSource,
  filter: z.looseObject({ rules: texts }),
})
export type FilterDocument = z.infer<typeof FilterDocument>
