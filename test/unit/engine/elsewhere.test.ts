import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tellElsewhere } from '../../../src/main/engine/elsewhere.ts'
import { createSignals, type SignalBus } from '../../../src/main/engine/signals.ts'
import { blankEvent, type AuditEvent } from '../../../src/shared/model/event.ts'
import type { EventId } from '../../../src/shared/model/ids.ts'

let signals: SignalBus
let told: string[]

beforeEach(() => {
  vi.useFakeTimers()
  signals = createSignals()
  told = []
  signals.on('storedElsewhere', (events) => told.push(...events.map(({ eventId }) => eventId)))
  return tellElsewhere(signals)
})
afterEach(() => vi.useRealTimers())

const eventsOf = (...ids: string[]): AuditEvent[] =>
  ids.map((id) =>
    blankEvent({ eventId: id as EventId, createdAt: new Date(0), kind: 'log', type: 'any', source: 'queue' }),
  )
const see = (ids: string[], page = { isNew: true, isLast: true }) => signals.emit('seen', eventsOf(...ids), page)
const wait = () => vi.runAllTimers()

test('tells what the reader sees and this engine did not store', () => {
  signals.emit('stored', eventsOf('own'))
  see(['theirs', 'own'])
  wait()
  expect(told).toEqual(['theirs'])
})

test('an own event whose signal comes after the reader has seen it is not told', () => {
  see(['theirs', 'own'])
  signals.emit('stored', eventsOf('own'))
  wait()
  expect(told).toEqual(['theirs'])
})

test('what was stored while nobody looked is no news', () => {
  signals.emit('stored', eventsOf('own'))
  see(['old', 'own'], { isNew: false, isLast: true })
  see(['new', 'own'])
  wait()
  // The second one of that id cannot be this engine's: it was forgotten with the first.
  expect(told).toEqual(['new', 'own'])
})

test('with too many own events unseen nothing is told until the reader has seen all', () => {
  for (let n = 0; n < 3; n++) {
    signals.emit('stored', eventsOf(...Array.from({ length: 60_000 }, (_, more) => `own-${n}-${more}`)))
  }
  see(['own-0-0', 'theirs-1'], { isNew: true, isLast: false })
  see(['own-1-0', 'theirs-2'])
  see(['theirs-3'])
  wait()
  expect(told).toEqual(['theirs-3'])
})
