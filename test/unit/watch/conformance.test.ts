import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Finding } from '../../../src/main/engine/watch/alert-change.ts'
import { createEngineOfRules } from '../../../src/main/engine/watch/engine-of-rules.ts'
import { bareEnvironment } from '../../../src/main/engine/watch/rules/environment.ts'
import { readRules } from '../../../src/main/engine/watch/rules/rule-set.ts'
import { readTests } from '../../../src/main/engine/watch/rules/tests/test-document.ts'
import { TestEvents } from '../../../src/main/engine/watch/rules/tests/test-events.ts'

type Facts = Record<string, unknown>

interface Detection {
  construct: string
  selection?: unknown
  detection?: object
  logsource?: object
}

interface Correlation {
  construct: string
  before?: string
  level?: null
  correlation: object
}

interface Table {
  detections: (Detection & { fits: Facts[]; fails: Facts[] })[]
  correlations: (Correlation & {
    entity?: string
    severity?: string
    others?: string[]
    raises: Facts[][]
    silent: Facts[][]
  })[]
  refused: (((Detection & { correlation?: undefined }) | Correlation) & { message: string })[]
}

const table = parse(readFileSync('test/fixtures/sigma-conformance.yml', 'utf8')) as Table

const documentsOf = (...documents: object[]): string => documents.map((one) => stringify(one)).join('---\n')

const detectionFile = ({ selection, detection, logsource }: Detection): string =>
  documentsOf({
    title: 'Test',
    name: 'test',
    level: 'low',
    logsource: logsource ?? { product: 'gatehouse' },
    detection: detection ?? { selection, condition: 'selection' },
    gatehouse: { 'group-by': ['event_id'] },
  })

const base = (name: string, type: string) => ({
  title: name,
  name,
  logsource: { product: 'gatehouse' },
  detection: { selection: { event_type: type }, condition: 'selection' },
})

// Counted by a rule that never fires, so that a row may leave some of them out.
const bases = documentsOf(base('failed', 'failed_login'), base('login', 'login'), base('check', 'session_check'), {
  title: 'Counts all',
  name: 'all_of_them',
  level: 'low',
  correlation: { type: 'event_count', rules: ['failed', 'login', 'check'], timespan: '1s', condition: { gt: 1e6 } },
})

const correlationFile = ({ before, level, correlation }: Correlation): string =>
  [
    bases,
    ...(before === undefined ? [] : [before]),
    documentsOf({ title: 'Test', name: 'test', ...(level === null ? {} : { level: 'high' }), correlation }),
  ].join('---\n')

/** The alerts of a rule file for events as tests write them; without a type they are logins of alice. */
function alertsOf(file: string, events: readonly Facts[]): Finding[] {
  const described = events.map((facts) => ({ event_type: 'login', user_id: 'alice', ...facts }))
  const [one] = readTests({ tests: [{ name: 'conformance', events: described, alerts: [] }] }, [])
  const engine = createEngineOfRules(readRules('test.yml', file), { latenessMs: 60_000 })
  const changes = engine.push(new TestEvents(bareEnvironment).make(one?.events ?? []))
  return changes.flatMap((change) => (change.kind === 'raised' ? [change.alert] : []))
}

describe('a detection', () => {
  describe.each(table.detections)('$construct', (row) => {
    const file = detectionFile(row)
    test.each(row.fits)('fits %j', (facts) => {
      expect(alertsOf(file, [facts])).toHaveLength(1)
    })
    test.each(row.fails)('fails %j', (facts) => {
      expect(alertsOf(file, [facts])).toEqual([])
    })
    test('has a case of each kind', () => {
      expect(Math.min(row.fits.length, row.fails.length)).toBeGreaterThan(0)
    })
  })
})

describe('a correlation', () => {
  describe.each(table.correlations)('$construct', (row) => {
    const file = correlationFile(row)
    const ruleIds = (alerts: readonly Finding[]) => alerts.map(({ ruleId }) => ruleId).toSorted()
    test.each(row.raises.map((events) => [events]))('raises an alert for %j', (events) => {
      const alerts = alertsOf(file, events)
      expect(ruleIds(alerts)).toEqual([...(row.others ?? []), 'test'].toSorted())
      const [alert] = alerts.filter(({ ruleId }) => ruleId === 'test')
      expect(alert).toMatchObject({ entity: row.entity ?? 'alice', severity: row.severity ?? 'high' })
    })
    test.each(row.silent.map((events) => [events]))('raises none for %j', (events) => {
      expect(alertsOf(file, events)).toEqual([])
    })
  })
})

describe('what is not supported is refused by name', () => {
  test.each(table.refused)('$construct', (row) => {
    const file = row.correlation === undefined ? detectionFile(row) : correlationFile(row)
    expect(() => readRules('test.yml', file)).toThrow(row.message)
  })
})
