import type { Condition, Input, Level, Rule } from '../rule.ts'
import { maxInputs } from '../rule.ts'
import { defaultSummary, parseSummary } from '../summary.ts'
import { baseInput, fieldAt } from './base-rule.ts'
import type { BaseDefinition, CorrelationDefinition, Definition } from './definitions.ts'
import { ConditionDocument, levelNames, severityOf, type LevelName, type Where } from './documents.ts'
import { entityKindOf, entityReader } from './entity.ts'
import type { RuleEnvironment } from './environment.ts'
import { FactTable, type ReaderFor } from './fact-table.ts'
import { isTemporal, mainMeasure, measured, type MeasuredRule } from './measure-kinds.ts'
import type { Predicate } from './predicate.ts'
import { aboutRule, type Origin } from './rule-about.ts'
import { RuleError, type FieldPath } from './rule-error.ts'
import { shaped } from './shape.ts'
import { temporalConditions } from './temporal-condition.ts'
import { parseTimespan } from './timespan.ts'

/** What a correlation is compiled with. */
export interface Surroundings {
  /** The rules that it names, in its order, each by the name it uses. */
  referred: readonly { name: string; definition: Definition; ruleId: string }[]
  /** What a base rule selects, filters included. */
  selected(base: BaseDefinition): Predicate
  environment: RuleEnvironment
  origin: Origin
  /** Nobody else counts it, or who does lets it raise alerts, too. */
  alerts: boolean
}

/** A rule that the engine can run. */
export function compileCorrelation({ document }: CorrelationDefinition, around: Surroundings): Rule {
  const { correlation, gatehouse } = document
  const { referred, environment } = around
  if (referred.length > maxInputs) {
    throw new RuleError(['correlation', 'rules'], `a correlation has at most ${maxInputs} rules`)
  }
  const timespanMs = parseTimespan(correlation.timespan, ['correlation', 'timespan'])
  const quietMs = gatehouse.quiet === undefined ? timespanMs : parseTimespan(gatehouse.quiet, ['gatehouse', 'quiet'])
  if (quietMs < timespanMs) {
    const reason = 'quiet may not be shorter than the timespan: one event would be in two alerts'
    throw new RuleError(['gatehouse', 'quiet'], reason)
  }
  checkAliases(document, referred, environment)
  const uses = new Set<string>()
  const readers = referred.map(({ definition }): ReaderFor => (name, path) => {
    const field = fieldAt(aliased(document, definition, name), path, environment)
    for (const used of field.uses) uses.add(used)
    return field.read
  })
  const facts = new FactTable(readers)
  const groupBy = correlation['group-by']
  const entities = readers.map((readerFor) =>
    entityReader(groupBy.map((name, index) => readerFor(name, ['correlation', 'group-by', index]))),
  )
  const levels = levelsOf(document, levelOf(document, referred), timespanMs, facts, referred)
  const summary = parseSummary(gatehouse.summary ?? defaultSummary, ['gatehouse', 'summary'], (name, path) =>
    facts.position(name, path),
  )
  const [input, ...others] = referred.map(({ definition, ruleId }, index): Input => {
    const own = { entityOf: entities[index] ?? (() => null), facts: facts.of(index) }
    if (definition.kind === 'correlation') return { kind: 'rule', ruleId, ...own }
    const selects = around.selected(definition)
    for (const used of selects.uses) uses.add(used)
    return baseInput(definition, selects, own, environment)
  })
  if (input === undefined) throw new RuleError(['correlation', 'rules'], 'a correlation needs at least one rule')
  return {
    ...aboutRule(document, around.origin),
    entityKind: gatehouse.entity ?? entityKindOf(groupBy.flatMap((name) => fieldsBehind(document, name))),
    inputs: [input, ...others],
    levels,
    quietMs,
    summary,
    alerts: around.alerts,
    uses: [...uses],
  }
}

type Document = CorrelationDefinition['document']
type Referred = Surroundings['referred']

/** Sigma leaves the level open: then it is the highest of the rules it counts. */
function levelOf({ level }: Document, referred: Referred): LevelName {
  if (level !== undefined) return level
  const ranks = referred.map(({ definition }) => levelNames.indexOf(definition.document.level ?? 'informational'))
  return levelNames[Math.max(...ranks)] ?? 'medium'
}

function levelsOf(
  document: Document,
  level: LevelName,
  timespanMs: number,
  facts: FactTable,
  referred: Referred,
): Rule['levels'] {
  const { correlation, gatehouse } = document
  const main = mainMeasure(correlation.type, gatehouse.kind)
  const made: MeasuredRule = {
    facts,
    inputs: referred.length,
    afterMs: afterOf(document, main, timespanMs),
    resolved: resolvedOf(document, referred, facts),
  }
  const conditionsOf = (where: Where, path: FieldPath): Condition[] =>
    where.flatMap((item, index) =>
      Object.entries(item).map(([name, one]) => measured(name, one, made, [...path, index, name])),
    )
  const path = ['correlation', 'condition']
  const bounded = boundedCondition(main, correlation.condition)
  const first =
    bounded === null
      ? temporalConditions(main, correlation.condition, referred, (counted) => measured(main, counted, made, path))
      : ([measured(main, bounded, made, path)] as const)
  const where = conditionsOf(gatehouse.where, ['gatehouse', 'where'])
  let below = levelNames.indexOf(level)
  const raised = gatehouse.raise.map((raise, index): Level => {
    const at: FieldPath = ['gatehouse', 'raise', index]
    if (levelNames.indexOf(raise.level) <= below) {
      throw new RuleError([...at, 'level'], 'each level must be more severe than the one before')
    }
    below = levelNames.indexOf(raise.level)
    const { field = bounded?.field, percentile = bounded?.percentile, bounds } = raise.condition
    return {
      severity: severityOf(raise.level),
      timespanMs: parseTimespan(raise.timespan, [...at, 'timespan']),
      conditions: [
        measured(main, { field, percentile, bounds }, made, [...at, 'condition']),
        ...(raise.where === undefined ? where : conditionsOf(raise.where, [...at, 'where'])),
      ],
    }
  })
  return [{ severity: severityOf(level), timespanMs, conditions: [...first, ...where] }, ...raised]
}

/** A condition with bounds; null where a temporal correlation has an expression, or nothing, instead. */
function boundedCondition(main: string, condition: unknown): ConditionDocument | null {
  const path = ['correlation', 'condition']
  if (isTemporal(main) && (condition === undefined || typeof condition === 'string')) return null
  if (condition !== undefined) return shaped(ConditionDocument, condition, path)
  throw new RuleError(path, `${main} needs a condition, for example {gte: 5}`)
}

function afterOf({ gatehouse }: Document, main: string, timespanMs: number): number {
  if (gatehouse.after === undefined) return 0
  const path = ['gatehouse', 'after']
  if (main !== 'temporal_ordered') throw new RuleError(path, 'after goes with temporal_ordered only')
  const afterMs = parseTimespan(gatehouse.after, path)
  if (afterMs <= timespanMs) return afterMs
  throw new RuleError(path, 'after may not be longer than the timespan: nothing could meet it')
}

function resolvedOf(
  { gatehouse: { resolved } }: Document,
  referred: Referred,
  facts: FactTable,
): MeasuredRule['resolved'] {
  if (resolved === undefined) return null
  const path: FieldPath = ['gatehouse', 'resolved']
  const input = referred.findIndex(({ definition }) => definition.names.includes(resolved.by))
  if (input < 0) throw new RuleError([...path, 'by'], `"${resolved.by}" is not among the rules of this correlation`)
  if (referred.length < 2) throw new RuleError([...path, 'by'], 'nothing is left to count: name the other rules, too')
  const [first, ...others] = resolved.field.map((name) => facts.position(name, [...path, 'field']))
  if (first === undefined) throw new RuleError([...path, 'field'], 'name the field that both events have in common')
  return { input, positions: [first, ...others] }
}

/** The field of a rule that an alias, or a field's own name, means. */
function aliased({ correlation: { aliases } }: Document, { names }: Definition, name: string): string {
  if (!Object.hasOwn(aliases, name)) return name
  const fields = aliases[name] ?? {}
  const key = names.find((one) => Object.hasOwn(fields, one))
  return key === undefined ? name : (fields[key] ?? name)
}

const fieldsBehind = ({ correlation: { aliases } }: Document, name: string): string[] =>
  Object.hasOwn(aliases, name) ? Object.values(aliases[name] ?? {}) : [name]

function checkAliases({ correlation: { aliases } }: Document, referred: Referred, environment: RuleEnvironment): void {
  for (const [alias, fields] of Object.entries(aliases)) {
    for (const [name, field] of Object.entries(fields)) {
      const path = ['correlation', 'aliases', alias, name]
      fieldAt(field, path, environment)
      if (referred.some(({ definition }) => definition.names.includes(name))) continue
      throw new RuleError(path, `"${name}" is not among the rules of this correlation`)
    }
  }
}
