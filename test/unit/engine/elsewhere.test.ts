import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Elsewhere } from '../../../src/main/engine/elsewhere.ts'
import { blankEvent, type AuditEvent } from '../../../src/shared/model/event.ts'
import type { EventId } from '../../../src/shared/model/ids.ts'

let elsewhere: Elsewhere
let told: string[]

beforeEach(() => {
  vi.useFakeTimers()
  told = []
  elsewhere = new Elsewhere((events) => told.push(...events.map(({ eventId }) => eventId)))
  return () => elsewhere.close()
})
afterEach(() => vi.useRealTimers())

const eventsOf = (...ids: string[]): AuditEvent[] =>
  ids.map((id) =>
    blankEvent({ eventId: id as EventId, createdAt: new Date(0), kind: 'log', type: 'any', source: 'queue' }),
  )
const see = (ids: string[], page = { isNew: true, isLast: true }) => elsewhere.seen(eventsOf(...ids), page)
const wait = () => vi.runAllTimers()

test('tells what the reader sees and this engine did not store', () => {
  elsewhere.stored(['own' as EventId])
  see(['theirs', 'own'])
  wait()
  expect(told).toEqual(['theirs'])
})

test('an own event whose signal comes after the reader has seen it is not told', () => {
  see(['theirs', 'own'])
  elsewhere.stored(['own' as EventId])
  wait()
  expect(told).toEqual(['theirs'])
})

test('what was stored while nobody looked is no news', () => {
  elsewhere.stored(['own' as EventId])
  see(['old', 'own'], { isNew: false, isLast: true })
  see(['new', 'own'])
  wait()
  // The second one of that id cannot be this engine's: it was forgotten with the first.
  expect(told).toEqual(['new', 'own'])
})

test('with too many own events unseen nothing is told until the reader has seen all', () => {
  for (let n = 0; n < 3; n++) {
    elsewhere.stored(Array.from({ length: 60_000 }, (_, more) => `own-${n}-${more}` as EventId))
  }
  see(['own-0-0', 'theirs-1'], { isNew: true, isLast: false })
  see(['own-1-0', 'theirs-2'])
  see(['theirs-3'])
  wait()
  expect(told).toEqual(['theirs-3'])
})
