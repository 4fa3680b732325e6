import { z } from 'zod'
import { EntityKind, Finding, Severity } from './alert.ts'
import { TimeInput } from './page.ts'
import { maxRuleTextBytes, RuleBounds, RuleDraft } from './rule.ts'

const Count = z.number().int().nonnegative()
const Hash = z.string().regex(/^[0-9a-f]{64}$/)

/** Thresholds of one curve. */
export const maxCurvePoints = 60
/** Alerts and entities that a result lists; there are totals of all. */
export const maxListed = 500

/** Name of a file of events in the folder `events` beside the settings. */
export const EventFileName = z
  .string()
  .max(200)
  .regex(/^[\w][\w .-]*\.(?:jsonl|ndjson)$/i, 'the name of a .jsonl file, without a folder')

/** Where events come from. `auto`: PostgreSQL where it is connected, else the cache. */
export const EventSourceInput = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stored'), store: z.enum(['auto', 'postgres', 'cache']) }),
  z.object({ kind: z.literal('file'), name: EventFileName }),
])
export type EventSourceInput = z.infer<typeof EventSourceInput>

/** Which rules are run over which events, and what is asked of them. */
export const BacktestInput = z.object({
  source: EventSourceInput.default({ kind: 'stored', store: 'auto' }),
  /** Events of this time, the end excluded; null: no bound. */
  from: TimeInput.nullable().default(null),
  to: TimeInput.nullable().default(null),
  /** Only this rule, with those it counts; null: all that are loaded, or all of `draft`. */
  ruleId: z.string().min(1).max(200).nullable().default(null),
  /** A rule file as it is edited, beside those that are loaded. */
  draft: RuleDraft.nullable().default(null),
  /** Of `ruleId`: takes the place of the number in the first condition of its first level. */
  threshold: z.number().nullable().default(null),
  /** Whether the curve over the threshold of `ruleId` is wanted. */
  curve: z.boolean().default(false),
  /** Whether suppressions hide what they hide from the watcher. */
  suppressions: z.boolean().default(true),
})
export type BacktestInput = z.infer<typeof BacktestInput>

/** How much of a rule there would be at a threshold. */
export const CurvePoint = z.object({ threshold: z.number(), alerts: Count, entities: Count })
export type CurvePoint = z.infer<typeof CurvePoint>

/** Alerts against the threshold: each point is what a run with that threshold finds. */
export const Curve = z.object({
  ruleId: z.string(),
  measure: z.string(),
  /** The condition as it is written, with the number that the points replace, and which bound that is. */
  bounds: RuleBounds,
  varied: z.enum(['gt', 'gte', 'eq', 'lt', 'lte', 'neq']),
  /** The rule's own number; what was asked for, if something else was. */
  threshold: z.number(),
  /** The highest value that any window reached; null where there was none, or the condition is no bound from below. */
  highest: z.number().nullable(),
  /** By threshold, lowest first. */
  points: z.array(CurvePoint),
})
export type Curve = z.infer<typeof Curve>

/** What a rule says of one entity. */
export const EntityAlerts = z.object({
  entityKind: EntityKind,
  entity: z.string(),
  alerts: Count,
  /** The gravest. */
  severity: Severity,
  rules: z.array(z.string()),
  from: z.date(),
  to: z.date(),
})
export type EntityAlerts = z.infer<typeof EntityAlerts>

/** A part of a list, and how long all of it is. */
const listOf = <Row extends z.ZodType>(row: Row) => z.object({ total: Count, rows: z.array(row) })

export const RuleAlerts = z.object({
  ruleId: z.string(),
  title: z.string(),
  severity: Severity,
  alerts: Count,
  entities: Count,
})
export type RuleAlerts = z.infer<typeof RuleAlerts>

/** What was run over what, and what came of it: enough to run it again, and to see whether the same comes of it. */
export const BacktestProof = z.object({
  format: z.literal('gatehouse-backtest-proof-1'),
  /** In words, for people, made of what stands below: a check makes it anew and compares. */
  statement: z.string().max(2_000),
  madeAt: TimeInput,
  rules: z.object({
    /** The files that had a part in it: name, SHA-256 and text. */
    files: z
      .array(z.object({ file: z.string().max(300), sha256: Hash, text: z.string().max(maxRuleTextBytes) }))
      .max(1_000),
    ruleId: z.string().max(200).nullable(),
    threshold: z.number().nullable(),
  }),
  source: z.object({
    kind: z.enum(['postgres', 'cache', 'file']),
    /** Of a file: its name. */
    name: z.string().max(1_000).nullable(),
    from: TimeInput.nullable(),
    to: TimeInput.nullable(),
  }),
  /** What was read, with what windows reach back to: how many events, and SHA-256 over time, identity, kind and type of each, in order. */
  events: z.object({ count: Count, digest: Hash }),
  /** SHA-256 over the suppressions that were applied; null: none were to be. */
  suppressions: Hash.nullable(),
  /** Versions of the lists and databases that the rules use. */
  lists: z.record(z.string().max(200), z.string().max(200)),
  /** What came of it: how many, and SHA-256 over the alerts as JSON Lines. */
  result: z.object({ alerts: Count, entities: Count, digest: Hash }),
})
export type BacktestProof = z.infer<typeof BacktestProof>

/** What a back-test found. */
export const BacktestResult = z.object({
  /** `name`: of a file. */
  source: z.object({
    kind: z.enum(['postgres', 'cache', 'file']),
    name: z.string().nullable(),
    from: z.date().nullable(),
    to: z.date().nullable(),
  }),
  events: z.object({
    count: Count,
    /** Earlier ones, that were read because windows reach back to them. */
    warmUp: Count,
    /** Event time of the first and the last. */
    from: z.date().nullable(),
    to: z.date().nullable(),
    /** Events of these that came later in the file than younger ones: they were put where they belong. */
    outOfOrder: Count,
  }),
  /** Lines of a file that are no event, the first of them with the reason. */
  badLines: listOf(z.object({ line: Count, reason: z.string() })),
  /** By event time; the first ones. */
  alerts: listOf(Finding),
  rules: z.array(RuleAlerts),
  /** Those with the most alerts. */
  entities: listOf(EntityAlerts),
  /** Entries that suppressions hid, each once a rule; null: they were left out. */
  suppressed: Count.nullable(),
  curve: Curve.nullable(),
  /** Against the rules as they run now; null where nothing else was asked for. */
  change: z
    .object({
      before: z.object({ alerts: Count, entities: Count }),
      gained: listOf(EntityAlerts),
      lost: listOf(EntityAlerts),
    })
    .nullable(),
  /** What the rules could not do as they should, as the list of problems says it, and how often. */
  problems: z.array(z.object({ reason: z.string(), count: Count })),
  proof: BacktestProof,
  tookMs: z.number(),
})
export type BacktestResult = z.infer<typeof BacktestResult>

/** How far a back-test is. */
export const BacktestProgress = z.object({
  kind: z.literal('progress'),
  events: Count,
  alerts: Count,
  /** From 0 to 1, and the time left at this pace; null while that is not known. */
  fraction: z.number().min(0).max(1).nullable(),
  remainingMs: z.number().nullable(),
})
export type BacktestProgress = z.infer<typeof BacktestProgress>

/** One message of a back-test that runs: how far it is, or what it found. */
export const BacktestMessage = z.discriminatedUnion('kind', [
  BacktestProgress,
  z.object({ kind: z.literal('result'), result: BacktestResult }),
])
export type BacktestMessage = z.infer<typeof BacktestMessage>

/** Whether a proof holds, and what differs if it does not. */
export const ProofVerdict = z.object({
  holds: z.boolean(),
  differences: z.array(z.object({ what: z.string(), claimed: z.string(), found: z.string() })),
  /** The rules that run now are others than those of the proof: what it says is of those. */
  rulesChanged: z.boolean(),
})
export type ProofVerdict = z.infer<typeof ProofVerdict>

/** A proof, and where its events are now: those of a file may lie in one of another name. */
export const ProofCheckInput = z.object({ proof: BacktestProof, source: EventSourceInput })
export type ProofCheckInput = z.infer<typeof ProofCheckInput>

/** One message of a proof that is run again: how far it is, or whether it holds. */
export const ProofCheckMessage = z.discriminatedUnion('kind', [
  BacktestProgress,
  z.object({ kind: z.literal('verdict'), verdict: ProofVerdict }),
])
export type ProofCheckMessage = z.infer<typeof ProofCheckMessage>
