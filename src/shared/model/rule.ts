import { z } from 'zod'
import { EntityKind, Severity } from './alert.ts'

/** The longest text of a rule file that is tried out or saved. */
export const maxRuleTextBytes = 256 * 1024

/** Name of a rule file, without a folder, that every file system takes. */
export const RuleFileName = z
  .string()
  .max(200)
  .regex(
    /^(?!(?:con|prn|aux|nul|com\d|lpt\d)\.)\w[\w .-]*\.ya?ml$/i,
    'the name of a .yml file, of letters, digits, spaces and ._-, without a folder',
  )

/** A rule file as it is edited: it takes the place of the file of that name, or joins the others. */
export const RuleDraft = z.object({ file: RuleFileName, text: z.string().max(maxRuleTextBytes) })
export type RuleDraft = z.infer<typeof RuleDraft>

const Count = z.number().int().nonnegative()
const limit = z.number().optional()

/** What a value must keep, all of them. */
export const RuleBounds = z.object({ gt: limit, gte: limit, eq: limit, lt: limit, lte: limit, neq: limit })
export type RuleBounds = z.infer<typeof RuleBounds>

/** Conditions on one window of events, which must all hold, and how grave it is if they do. */
export const RuleLevel = z.object({
  severity: Severity,
  timespanMs: z.number(),
  /** The first gives an alert its value and its threshold. */
  conditions: z.array(z.object({ measure: z.string(), bounds: RuleBounds })),
})
export type RuleLevel = z.infer<typeof RuleLevel>

/** A rule as it is loaded. */
export const RuleInfo = z.object({
  ruleId: z.string(),
  /** The first 12 hex digits of the SHA-256 of its file. */
  version: z.string(),
  title: z.string(),
  /** Name of the file, without its folder. */
  file: z.string(),
  description: z.string().nullable(),
  attack: z.array(z.string()),
  falsePositives: z.array(z.string()),
  references: z.array(z.string()),
  entityKind: EntityKind,
  /** The first opens an episode, the others raise it. */
  levels: z.array(RuleLevel),
  quietMs: z.number(),
  /** False: it raises no alert, and only feeds the rules that count it. */
  alerts: z.boolean(),
  /** Rules whose firings it counts. */
  counts: z.array(z.string()),
  /** Lists and databases that its fields are looked up in, with the version that is in use. */
  uses: z.array(z.object({ name: z.string(), version: z.string() })),
})
export type RuleInfo = z.infer<typeof RuleInfo>

/** How a test of a rule file ended. */
export const RuleTestResult = z.object({
  name: z.string(),
  passed: z.boolean(),
  /** What was expected and did not come, and what came unexpected. */
  differences: z.array(z.string()),
})
export type RuleTestResult = z.infer<typeof RuleTestResult>

/** A file whose rules run. */
export const RuleFileInfo = z.object({
  file: z.string(),
  version: z.string(),
  bytes: Count,
  /** Shipped with the program, or of the folder `watch.rulesDir`, where one takes the place of a shipped one of its name. */
  origin: z.enum(['shipped', 'own']),
  /** null while they have not been run yet. */
  tests: z.array(RuleTestResult).nullable(),
})
export type RuleFileInfo = z.infer<typeof RuleFileInfo>

/** Why a rule file is refused. */
export const RuleFault = z.object({
  /** Another file than the one that was read, where that one could not do with it. */
  file: z.string(),
  /** From 1. */
  line: Count,
  /** As `correlation.condition.gt`; empty: the line as it stands. */
  field: z.string(),
  message: z.string(),
})
export type RuleFault = z.infer<typeof RuleFault>

/** What would come of a rule file if it were used. */
export const RuleCheck = z.object({
  /** null: it would run. */
  fault: RuleFault.nullable(),
  /** Those of the file; none while it has a fault. */
  rules: z.array(RuleInfo),
  /** The tests that it carries, as they end. */
  tests: z.array(RuleTestResult),
})
export type RuleCheck = z.infer<typeof RuleCheck>
