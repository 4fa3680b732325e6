import { beforeEach, describe, expect, test } from 'vitest'
import { idsBetween, toggled } from '../../../src/renderer/components/grid/selection.ts'
import {
  filterOf,
  formatAlertTerms,
  noTerms,
  parseAlertTerms,
  shownStates,
  toggledIn,
} from '../../../src/renderer/pages/alerts/alert-filter.ts'
import { initialValues, inputOf, ownThreshold } from '../../../src/renderer/pages/alerts/rules/backtest/form-input.ts'
import {
  closeEditor,
  edit,
  editing,
  hideEditor,
  openEditor,
  reopenEditor,
  throwAway,
} from '../../../src/renderer/pages/alerts/rules/editor/editor-store.ts'
import { rowsOf } from '../../../src/renderer/pages/alerts/rules/rule-rows.ts'
import { boundsWords, levelWords } from '../../../src/renderer/pages/alerts/rules/rule-words.ts'
import { missingFor } from '../../../src/renderer/pages/alerts/suppress/draft.ts'
import { fastestLeg, place, placeName } from '../../../src/renderer/pages/alerts/travel/layout.ts'
import { Severity } from '../../../src/shared/model/alert.ts'
import { EventId } from '../../../src/shared/model/ids.ts'
import type { RuleInfo } from '../../../src/shared/model/rule.ts'

const nowMs = Date.UTC(2026, 6, 28, 12)
const anyTime = { kind: 'any' } as const

describe('the filter of a link', () => {
  test('comes back as it was written, whatever stands in it', () => {
    const terms = {
      states: ['closed'],
      severities: ['high', 'critical'],
      verdicts: [],
      rules: ['a rule "of" mine'],
      entity: 'AB: c d',
      owner: 'me',
    } as const
    expect(parseAlertTerms(formatAlertTerms(terms))).toEqual(terms)
  })
  test('leaves out what it does not understand', () => {
    expect(parseAlertTerms('state:open severity:loud verdict:maybe nonsense')).toEqual(noTerms)
  })
  test('shows what is open, unless a state or a verdict is named', () => {
    expect(shownStates(noTerms)).toEqual(['new', 'acknowledged'])
    expect(shownStates(parseAlertTerms('verdict:true'))).toEqual(['closed'])
    expect(shownStates(parseAlertTerms('state:new'))).toEqual(['new'])
  })
  test('asks the engine for the reader, for nobody, and for a time without an end', () => {
    const ask = (query: string, range: Parameters<typeof filterOf>[1] = anyTime) =>
      filterOf(parseAlertTerms(query), range, 'root', nowMs)
    expect(ask('owner:me').owner).toBe('root')
    expect(ask('owner:none').owner).toBe('')
    expect(ask('').owner).toBeNull()
    expect(ask('', { kind: 'last', span: '1h' })).toMatchObject({ from: new Date(nowMs - 3_600_000), to: null })
    expect(ask('', { kind: 'between', fromMs: 1, toMs: 2 })).toMatchObject({ from: new Date(1), to: new Date(2) })
  })
  test('toggles one of a list in the order of all', () => {
    expect(toggledIn(Severity.options, ['critical'], 'low')).toEqual(['low', 'critical'])
    expect(toggledIn(Severity.options, ['low', 'critical'], 'low')).toEqual(['critical'])
  })
})

test('rows are chosen one by one, and as a range in either direction, as far as they are there', () => {
  const rows = ['a', 'b', undefined, 'd']
  const source = { rowAt: (index: number) => rows[index] }
  const idOf = (row: string) => row
  expect([...idsBetween(source, idOf, 3, 1)]).toEqual(['b', 'd'])
  expect([...toggled(new Set(['a']), 'b')]).toEqual(['a', 'b'])
  expect([...toggled(new Set(['a']), 'a')]).toEqual([])
})

describe('the picture of a way', () => {
  const spot = (latitude: number, longitude: number, minute: number, radiusKm = 10) => ({
    eventId: EventId.parse(`event-${minute}`),
    at: new Date(nowMs + minute * 60_000),
    city: null,
    country: 'DE',
    ipAddress: '203.0.113.9',
    latitude,
    longitude,
    radiusKm,
  })
  const [berlin, moscow] = [spot(52.52, 13.405, 0), spot(55.7558, 37.6173, 60)]

  test('shows the fastest of several ways, by the lower bound', () => {
    const leg = fastestLeg([spot(52.4, 13.06, -60), berlin, moscow])
    expect(leg).toMatchObject({ from: berlin, to: moscow, tookMs: 3_600_000 })
    // Berlin to Moscow is 1,608 km; 20 km less, and rounded down.
    expect(leg?.leastKm).toBeGreaterThan(1_580)
    expect(leg?.leastKm).toBeLessThan(1_592)
    expect(leg?.kmh).toBe(leg?.leastKm)
  })
  test('has no speed where there was no time, and no way between one place and itself', () => {
    expect(fastestLeg([berlin, { ...moscow, at: berlin.at }])?.kmh).toBeNull()
    expect(fastestLeg([berlin, { ...berlin, at: moscow.at }])).toBeNull()
    expect(fastestLeg([berlin])).toBeNull()
  })
  test('keeps both rings inside', () => {
    const leg = fastestLeg([spot(-25, 133, 0, 1_578), berlin])
    if (leg === null) throw new Error('no way was found')
    const { fromX, toX, fromPx, toPx } = place(leg, 336)
    expect(fromX - fromPx).toBeCloseTo(0)
    expect(toX + toPx).toBeCloseTo(336)
  })
  test('names a place by what is known of it', () => {
    expect(placeName(berlin)).toBe('Germany')
    expect(placeName({ ...berlin, city: 'Berlin' })).toBe('Berlin, Germany')
    expect(placeName({ ...berlin, country: null })).toBe('203.0.113.9')
  })
})

const rule: RuleInfo = {
  ruleId: 'spray',
  version: '0123456789ab',
  title: 'Password spray',
  file: 'spray.yml',
  description: null,
  attack: [],
  falsePositives: [],
  references: [],
  entityKind: 'ip',
  levels: [
    {
      severity: 'high',
      timespanMs: 3_600_000,
      conditions: [
        { measure: 'value_count', bounds: { gte: 5 } },
        { measure: 'per_value', bounds: { gte: 2, lte: 8 } },
      ],
    },
  ],
  quietMs: 3_600_000,
  alerts: true,
  counts: [],
  uses: [],
}

describe('rules', () => {
  test('say in words what they look for', () => {
    expect(boundsWords({ gt: 5 })).toBe('more than 5')
    expect(rule.levels.map(levelWords)).toEqual([
      'at least 5 distinct values, at least 2 and at most 8 events a value within 1 h',
    ])
    expect(ownThreshold(rule)).toBe(5)
  })
  test('stand below the files that were refused, and those that raise nothing at the end', () => {
    const base = { ...rule, ruleId: 'base', title: 'A base', alerts: false }
    const refused = [{ file: 'mine.yml', message: 'mine.yml:1: no' }]
    const tally = { ruleId: 'spray', lastDay: 1, lastMonth: 2, lastAt: new Date(nowMs) }
    const rows = rowsOf({ rules: [base, rule], files: [], refused }, [tally])
    expect(rows.map(({ id }) => id)).toEqual(['refused 0 mine.yml', 'spray', 'base'])
    expect(rows[1]).toMatchObject({ tally })
  })
  test('are back-tested with what the form says', () => {
    const question = { title: '', rules: [rule], all: null, draft: null }
    const clock = { nowMs, zone: 'utc' } as const
    const values = {
      ...initialValues(question),
      threshold: ' 10 ',
      span: '24h',
      source: 'file:a.jsonl',
      suppressions: false,
    }
    expect(inputOf(question, values, clock)).toMatchObject({
      source: { kind: 'file', name: 'a.jsonl' },
      from: new Date(nowMs - 86_400_000),
      to: null,
      ruleId: 'spray',
      draft: null,
      threshold: 10,
      curve: true,
      suppressions: false,
    })
    expect(inputOf(question, { ...values, threshold: 'ten' }, clock)).toBe('The threshold is no number.')
    const other = { ...rule, ruleId: 'other' }
    const draft = { file: 'a.yml', text: '' }
    const whole = { ...question, rules: [rule, other], all: 'all of the file', draft }
    expect(inputOf(whole, { ...initialValues(whole), span: 'any' }, clock)).toMatchObject({
      source: { kind: 'stored', store: 'auto' },
      from: null,
      ruleId: null,
      draft,
      threshold: null,
      curve: false,
    })
    expect(inputOf(whole, { ...initialValues(whole), ruleId: 'other' }, clock)).toMatchObject({
      ruleId: 'other',
      curve: true,
    })
  })
  test('are back-tested between two times, on the clock that the reader has chosen', () => {
    const question = { title: '', rules: [rule], all: null, draft: null }
    const asked = (from: string, to: string) =>
      inputOf(question, { ...initialValues(question), span: 'between', from, to }, { nowMs, zone: 'utc' })
    expect(asked('2026-03-02 08:00', '2026-03-03')).toMatchObject({
      from: new Date('2026-03-02T08:00:00Z'),
      to: new Date('2026-03-03T00:00:00Z'),
    })
    expect(asked('2026-03-02', ' ')).toMatchObject({ from: new Date('2026-03-02T00:00:00Z'), to: null })
    expect(asked('', '2026-03-02')).toMatchObject({ from: null, to: new Date('2026-03-02T00:00:00Z') })
    expect(asked('', '')).toMatch(/from when/)
    expect(asked('yesterday', '')).toMatch(/^Write times as/)
    expect(asked('2026-03-03', '2026-03-02')).toMatch(/later/)
  })
})

describe('the text of a rule that is edited', () => {
  const opened = { file: 'a.yml', text: 'title: A', version: 'v1' }
  beforeEach(throwAway)
  test('is kept while it has changes, whatever else is opened', () => {
    openEditor(opened)
    edit({ text: 'title: B' })
    closeEditor()
    expect(editing.get()).toMatchObject({ text: 'title: B', isOpen: false })
    openEditor({ file: 'c.yml', text: '', version: 'v1' })
    expect(editing.get()).toMatchObject({ file: 'a.yml', text: 'title: B', isOpen: true, wanted: 'c.yml' })
  })
  test('waits while it is tried out, changed or not', () => {
    openEditor(opened)
    hideEditor()
    reopenEditor()
    expect(editing.get()).toMatchObject({ file: 'a.yml', isOpen: true })
  })
  test('is let go of where it has none', () => {
    openEditor(opened)
    closeEditor()
    expect(editing.get()).toBeNull()
    openEditor(opened)
    openEditor({ file: 'c.yml', text: '', version: null })
    expect(editing.get()).toMatchObject({ file: 'c.yml', wanted: null })
  })
})

test('a suppression is made only after a look, with a reason, and with another one where it hides an attack', () => {
  const draft = { kind: 'user', pattern: 'alice', ruleId: null } as const
  const preview = {
    from: new Date(nowMs),
    to: new Date(nowMs),
    pattern: 'alice',
    hiddenAlerts: 1,
    reducedAlerts: 0,
    suppressedEvents: 8,
    rules: [],
    hiddenTrue: 1,
    sample: [],
    isPartial: false,
  }
  const wanted = { draft, preview, reason: 'A load test', forcedReason: 'It is over' }
  expect(missingFor(wanted)).toBeNull()
  expect(missingFor({ ...wanted, draft: { ...draft, pattern: ' ' } })).not.toBeNull()
  expect(missingFor({ ...wanted, preview: null })).toMatch(/Look first/)
  expect(missingFor({ ...wanted, reason: 'no' })).toMatch(/why/)
  expect(missingFor({ ...wanted, forcedReason: '' })).toMatch(/attack/)
  expect(missingFor({ ...wanted, preview: { ...preview, hiddenTrue: 0 }, forcedReason: '' })).toBeNull()
})
