import { z } from 'zod'
import { EntityKind } from '../../../../shared/model/alert.ts'

/** Levels as Sigma calls them, mildest first. */
export const levelNames = ['informational', 'low', 'medium', 'high', 'critical'] as const
const LevelName = z.enum(levelNames)
export type LevelName = z.infer<typeof LevelName>

const text = z.string().min(1)
const texts = z.union([text.transform((one) => [one]), z.array(text)])

/** Fields of Sigma that say something to readers and nothing to the engine, and those that name the rule. */
const about = {
  title: text.max(256),
  id: z.uuid().optional(),
  name: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'a name has letters, digits, dots, dashes and underscores only')
    .optional(),
  status: text.optional(),
  description: text.optional(),
  references: z.array(text).optional(),
  author: text.optional(),
  date: text.optional(),
  modified: text.optional(),
  license: text.optional(),
  falsepositives: texts.optional(),
  fields: z.array(text).optional(),
  related: z.array(z.strictObject({ id: text, type: text })).optional(),
  tags: z.array(text).default([]),
}

const limit = z.number().int().min(0)
const BoundsOfCondition = z
  .strictObject({
    gt: limit.optional(),
    gte: limit.optional(),
    lt: limit.optional(),
    lte: limit.optional(),
    eq: limit.optional(),
    neq: limit.optional(),
  })
  .refine((bounds) => Object.keys(bounds).length > 0, 'a condition needs at least one of gt, gte, lt, lte, eq, neq')
  .refine(canHold, 'no number can meet this condition')

/** A rule that selects events. */
export const BaseDocument = z.strictObject({
  ...about,
  level: LevelName.optional(),
  logsource: z.strictObject({
    product: z.literal('gatehouse'),
    /** `session`: rows of audit_sessions; `audit`: rows of audit_logs; without it, both. */
    service: z.enum(['session', 'audit']).optional(),
    definition: text.optional(),
  }),
  detection: z.record(z.string(), z.unknown()),
})
export type BaseDocument = z.infer<typeof BaseDocument>

/** A rule that counts what base rules select. `gatehouse` says what Sigma cannot. */
export const CorrelationDocument = z.strictObject({
  ...about,
  level: LevelName,
  correlation: z.strictObject({
    type: z.literal('event_count', 'this type of correlation is not supported: use event_count'),
    rules: texts.refine((names) => names.length > 0, 'a correlation needs at least one rule'),
    'group-by': z.array(text).default([]),
    timespan: text,
    condition: BoundsOfCondition,
    generate: z.literal(false, 'generate is not supported: an alert lists its events').optional(),
  }),
  gatehouse: z
    .strictObject({
      /** What the group is, where its field does not say. */
      entity: EntityKind.optional(),
      /** Time without an event that ends an episode. Default: the timespan. */
      quiet: text.optional(),
      /** See summary.ts. */
      summary: text.max(500).optional(),
      /** More severe levels, each with its own window, that an open episode is raised to. */
      raise: z
        .array(z.strictObject({ level: LevelName, timespan: text, condition: BoundsOfCondition }))
        .max(4)
        .default([]),
    })
    .prefault({}),
})
export type CorrelationDocument = z.infer<typeof CorrelationDocument>

function canHold({ gt, gte, lt, lte, eq, neq }: Record<string, number | undefined>): boolean {
  const low = Math.max(gte ?? 0, gt === undefined ? 0 : gt + 1, eq ?? 0)
  const high = Math.min(lte ?? Infinity, lt === undefined ? Infinity : lt - 1, eq ?? Infinity)
  return low < high || (low === high && low !== neq)
}
