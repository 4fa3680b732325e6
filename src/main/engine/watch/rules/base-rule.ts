import { eventCount } from '../measures/event-count.ts'
import type { Input, Rule } from '../rule.ts'
import { parseSummary } from '../summary.ts'
import type { BaseDefinition } from './definitions.ts'
import { severityOf, type LevelName } from './documents.ts'
import { entityKindOf, entityReader } from './entity.ts'
import type { RuleEnvironment } from './environment.ts'
import { FactTable } from './fact-table.ts'
import type { Field } from './field.ts'
import { fieldList, findField } from './fields.ts'
import { columnsOf, type Predicate } from './predicate.ts'
import { aboutRule, type Origin } from './rule-about.ts'
import { RuleError, type FieldPath } from './rule-error.ts'
import { parseTimespan } from './timespan.ts'

const standAloneQuiet = '10m'
const standAloneSummary = '{value|event|events} of {entity}'

type Readers = Pick<Input, 'entityOf' | 'facts'>

/** What a base rule gives to whoever counts it. */
export function baseInput(
  { names, document }: BaseDefinition,
  { rest, types, columns }: Predicate,
  readers: Readers,
  environment: RuleEnvironment,
): Input {
  const { unseen, 'group-by': groupBy } = document.gatehouse
  if (unseen === undefined) return { kind: 'events', types, matches: rest, ...readers }
  const at = ['gatehouse', 'unseen']
  const field = fieldAt(unseen.field, [...at, 'field'], environment)
  const learners = groupBy.map((name, index) => fieldAt(name, ['gatehouse', 'group-by', index], environment))
  return {
    kind: 'unseen',
    key: `${names[0]}: ${unseen.field} by ${groupBy.join(', ')}`,
    types,
    matches: rest,
    learnerOf: entityReader(learners.map(({ read }) => read)),
    valueOf: field.read,
    columns: columnsOf([columns, field.columns, ...learners.map((learner) => learner.columns)]),
    last: unseen.last,
    learnMs: parseTimespan(unseen.learn, [...at, 'learn']),
    ...readers,
  }
}

/** A base rule that raises an alert for each event it selects: one episode a group. */
export function compileBaseRule(
  definition: BaseDefinition,
  level: LevelName,
  selects: Predicate,
  origin: Origin,
  environment: RuleEnvironment,
): Rule {
  const { gatehouse } = definition.document
  const quietMs = parseTimespan(gatehouse.quiet ?? standAloneQuiet, ['gatehouse', 'quiet'])
  const uses = new Set(selects.uses)
  const readerFor = (name: string, path: FieldPath) => {
    const field = fieldAt(name, path, environment)
    for (const used of field.uses) uses.add(used)
    return field.read
  }
  const facts = new FactTable([readerFor])
  const groupBy = gatehouse['group-by']
  const entityOf = entityReader(groupBy.map((name, index) => readerFor(name, ['gatehouse', 'group-by', index])))
  if (gatehouse.unseen !== undefined) readerFor(gatehouse.unseen.field, ['gatehouse', 'unseen', 'field'])
  const summary = parseSummary(gatehouse.summary ?? standAloneSummary, ['gatehouse', 'summary'], (name, path) =>
    facts.position(name, path),
  )
  return {
    ...aboutRule(definition.document, origin),
    entityKind: gatehouse.entity ?? entityKindOf(groupBy),
    inputs: [baseInput(definition, selects, { entityOf, facts: facts.of(0) }, environment)],
    levels: [
      {
        severity: severityOf(level),
        timespanMs: quietMs,
        conditions: [{ measure: eventCount, bounds: { gte: 1 } }],
      },
    ],
    quietMs,
    summary,
    alerts: true,
    uses: [...uses],
  }
}

export function fieldAt(name: string, path: FieldPath, environment: RuleEnvironment): Field {
  const field = findField(name, environment)
  if (field !== null) return field
  throw new RuleError(path, `there is no field "${name}": the fields are ${fieldList(environment)}`)
}
