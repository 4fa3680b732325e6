import { beforeAll, describe, expect, test } from 'vitest'
import { alertsOf, openCatalogue, type Catalogue } from '../../helpers/labelled/catalogue.ts'
import { generateLabelled, shortSize, type Labelled } from '../../helpers/labelled/generate.ts'
import { judge, type Verdicts } from '../../helpers/labelled/judge.ts'

let catalogue: Catalogue
let labelled: Labelled
let verdicts: Verdicts

beforeAll(async () => {
  catalogue = await openCatalogue()
  labelled = generateLabelled(shortSize)
  const ruleIds = catalogue.rules.filter(({ alerts }) => alerts).map(({ ruleId }) => ruleId)
  verdicts = judge(alertsOf(catalogue.newEngine(), labelled.events), labelled, ruleIds)
})

describe('the shipped rules over labelled days (docs/detection-quality.md)', () => {
  test('find the attacks, easy and hard', () => {
    const { easy, hard } = verdicts.byForm
    expect(easy.attacks).toBeGreaterThan(20)
    expect(hard.attacks).toBeGreaterThan(20)
    expect(
      verdicts.missed.map(({ kind, form }) => `${form} ${kind}`).length / (easy.attacks + hard.attacks),
    ).toBeLessThan(0.05)
  })

  test('raise few alerts on nothing', () => {
    const shown = verdicts.falseAlerts.map(({ ruleId, entity, summary }) => `${ruleId} ${entity}: ${summary}`)
    expect(verdicts.all.precision, shown.join('\n')).toBeGreaterThanOrEqual(0.9)
  })

  test('are each for an attack that is labelled, and each attack has its rule', () => {
    expect(verdicts.untested).toEqual([])
    expect(verdicts.unwatched).toEqual([])
  })
})

describe('labelled events', () => {
  test('are the same for the same seed, in the order of their times, each with an id of its own', () => {
    const again = generateLabelled(shortSize)
    expect(JSON.stringify(again.events.slice(0, 5_000))).toBe(JSON.stringify(labelled.events.slice(0, 5_000)))
    expect(again.labels).toEqual(labelled.labels)
    const times = labelled.events.map(({ createdAt }) => createdAt.getTime())
    expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0))).toBe(true)
    expect(new Set(labelled.events.map(({ eventId }) => eventId)).size).toBe(labelled.events.length)
  })

  test('do not tell what they are', () => {
    const kinds = new Set(labelled.labels.map(({ kind }) => kind))
    // What the observer tells has the name of what it saw: it tells it on ordinary days, too.
    const attacks = [...kinds].filter((kind) => !labelled.events.some(({ type }) => type === kind))
    const texts = labelled.events.map((event) => JSON.stringify(event))
    expect(attacks.filter((kind) => texts.some((text) => text.includes(kind)))).toEqual([])
    expect(texts.some((text) => /label|attack|easy|hard/.test(text))).toBe(false)
  })

  test('a judge that is given nothing, or something else, says so', () => {
    const ruleIds = Object.keys(verdicts.byRule)
    const silent = judge([], labelled, ruleIds)
    expect(silent.all).toMatchObject({ found: 0, recall: 0, precision: null })
    const [alert] = alertsOf(catalogue.newEngine(), labelled.events)
    if (alert === undefined) throw new Error('no alert')
    const wrong = judge([{ ...alert, entity: 'nobody' }], labelled, ruleIds)
    expect(wrong.all).toMatchObject({ alerts: 1, right: 0, false: 1, precision: 0 })
  })
})
