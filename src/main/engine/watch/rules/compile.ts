import type { EntityKind, Severity } from '../../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../../shared/model/event.ts'
import { eventCount } from '../measures/event-count.ts'
import type { Rule } from '../rule.ts'
import { defaultSummary, parseSummary } from '../summary.ts'
import { compileCondition } from './condition.ts'
import { levelNames, type BaseDocument, type CorrelationDocument, type LevelName } from './documents.ts'
import { bareEnvironment } from './environment.ts'
import { fieldList, readerOf, type EventTest, type ReadField } from './fields.ts'
import { RuleError, type FieldPath } from './rule-error.ts'
import { compileSelection } from './selection.ts'
import { parseTimespan } from './timespan.ts'

/** What a base rule selects. */
export function compileBase(document: BaseDocument): EventTest {
  const { condition, ...selections } = document.detection
  const conditionPath = ['detection', 'condition']
  if (typeof condition !== 'string') {
    throw new RuleError(conditionPath, 'a detection needs a condition: one text, for example "selection"')
  }
  const compiled = new Map<string, EventTest>()
  for (const [name, selection] of Object.entries(selections)) {
    // Old Sigma rules hold a window here, which the condition then counts in.
    if (name === 'timeframe')
      throw new RuleError(['detection', name], 'timeframe is not supported: write a correlation')
    compiled.set(name, compileSelection(selection, ['detection', name]))
  }
  const selects = compileCondition(condition, compiled, conditionPath)
  const { service } = document.logsource
  if (service === undefined) return selects
  const kind = service === 'session' ? 'session' : 'log'
  return (event) => event.kind === kind && selects(event)
}

/**
 * A rule the engine can run.
 * @param base what the correlation's rules select, by each of their names
 */
export function compileCorrelation(
  document: CorrelationDocument,
  base: ReadonlyMap<string, EventTest>,
  origin: { file: string; version: string },
): Rule {
  const { correlation, gatehouse } = document
  const ruleId = document.name ?? document.id
  if (ruleId === undefined) throw new RuleError([], 'a correlation needs a name or an id: alerts are filed under it')
  const timespanMs = parseTimespan(correlation.timespan, ['correlation', 'timespan'])
  const quietMs = gatehouse.quiet === undefined ? timespanMs : parseTimespan(gatehouse.quiet, ['gatehouse', 'quiet'])
  if (quietMs < timespanMs) {
    throw new RuleError(
      ['gatehouse', 'quiet'],
      'quiet may not be shorter than the timespan: one event would be in two alerts',
    )
  }
  const groupBy = correlation['group-by']
  const facts: ReadField[] = []
  const factPosition = (field: string, path: FieldPath) => facts.push(readerAt(field, path)) - 1
  const entityOf = entityReader(groupBy)
  const summary = parseSummary(gatehouse.summary ?? defaultSummary, ['gatehouse', 'summary'], factPosition)
  return {
    ruleId,
    ...origin,
    title: document.title,
    description: document.description ?? null,
    falsePositives: document.falsepositives ?? [],
    references: document.references ?? [],
    attack: techniquesOf(document.tags),
    entityKind: gatehouse.entity ?? entityKindOf(groupBy),
    inputs: [{ kind: 'events', types: null, matches: selectedByAny(correlation.rules, base), entityOf, facts }],
    levels: [
      {
        severity: severityOf(document.level),
        timespanMs,
        conditions: [{ measure: eventCount, bounds: correlation.condition }],
      },
      ...raisedLevels(document),
    ],
    quietMs,
    summary,
    alerts: true,
    uses: [],
  }
}

const severityOf = (level: LevelName): Severity => (level === 'informational' ? 'info' : level)

/** Names of techniques in ATT&CK's own spelling; other tags only say something to readers. */
const techniquesOf = (tags: readonly string[]): string[] =>
  tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? [])

function selectedByAny(names: readonly string[], base: ReadonlyMap<string, EventTest>): EventTest {
  const tests = names.map((name, index) => {
    const test = base.get(name)
    if (test !== undefined) return test
    const known = [...base.keys()].join(', ') || 'none'
    throw new RuleError(
      ['correlation', 'rules', index],
      `there is no base rule "${name}" in this file (it has: ${known}): refer to one by its name or id`,
    )
  })
  return (event) => tests.some((selects) => selects(event))
}

function raisedLevels({ level, gatehouse }: CorrelationDocument): Rule['levels'][number][] {
  let below = levelNames.indexOf(level)
  return gatehouse.raise.map((raise, index) => {
    const path: FieldPath = ['gatehouse', 'raise', index]
    const rank = levelNames.indexOf(raise.level)
    if (rank <= below) throw new RuleError([...path, 'level'], 'each level must be more severe than the one before')
    below = rank
    return {
      severity: severityOf(raise.level),
      timespanMs: parseTimespan(raise.timespan, [...path, 'timespan']),
      conditions: [{ measure: eventCount, bounds: raise.condition }],
    }
  })
}

const kinds: Readonly<Record<string, EntityKind>> = { user_id: 'user', ip_address: 'ip', session_id: 'session' }

const entityKindOf = (groupBy: readonly string[]): EntityKind => {
  const named = groupBy.map((name) => kinds[name]).filter((kind) => kind !== undefined)
  return named[0] ?? 'system'
}

function readerAt(name: string, path: FieldPath): ReadField {
  const read = readerOf(name)
  if (read !== null) return read
  throw new RuleError(path, `there is no field "${name}": the fields are ${fieldList(bareEnvironment)}`)
}

/** Values are joined so that no two lists of values read the same. */
function entityReader(groupBy: readonly string[]): (event: AuditEvent) => string | null {
  const readers = groupBy.map((name, index) => readerAt(name, ['correlation', 'group-by', index]))
  if (readers.length === 0) return () => 'all'
  return (event) => {
    const values = readers.map((read) => read(event))
    if (values.includes(null)) return null
    if (values.length === 1) return String(values[0])
    return values.map((value) => String(value).replaceAll(/[\\|]/g, String.raw`\$&`)).join(' | ')
  }
}
