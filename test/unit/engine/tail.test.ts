import { expect, it } from 'vitest'
import { createSignals } from '../../../src/main/engine/signals.ts'
import { tailEvents } from '../../../src/main/engine/tail.ts'
import { blankEvent, type AuditEvent } from '../../../src/shared/model/event.ts'
import { EventId } from '../../../src/shared/model/ids.ts'

const event = (n: number, type = 'login'): AuditEvent =>
  blankEvent({ eventId: EventId.parse(`e${n}`), createdAt: new Date(n), kind: 'session', type, source: 'queue' })

it('passes on what matches, counts what has no room, and lets go of the signals', async () => {
  const signals = createSignals()
  const stop = new AbortController()
  const tail = tailEvents(signals, ({ type }) => type === 'login', stop.signal)
  const first = tail.next()
  signals.emit('stored', [event(1), event(2, 'logout')])
  expect((await first).value).toEqual({ events: [event(1)], omitted: 0 })
  const second = tail.next()
  signals.emit(
    'stored',
    Array.from({ length: 250 }, (_, n) => event(n)),
  )
  const message = (await second).value
  expect(message?.events).toHaveLength(200)
  expect(message?.omitted).toBe(50)
  stop.abort()
  expect((await tail.next()).done).toBe(true)
  expect(signals.listenerCount('stored')).toBe(0)
})
