import { expect, test } from 'vitest'
import { graceMs, RevokedWatch, watchedMs } from '../../../src/main/engine/observe/revoked-watch.ts'
import type { SessionId } from '../../../src/shared/model/ids.ts'

const startMs = Date.UTC(2026, 2, 2)
const [one, two] = ['one' as SessionId, 'two' as SessionId]
const event = (type: string, sessionId: SessionId, atMs = startMs) => ({
  type,
  sessionId,
  userId: 'alice',
  createdAt: new Date(atMs),
})

test('a session is due once its grace is over, told once, and forgotten in the end', () => {
  const watch = new RevokedWatch(() => undefined)
  watch.note([event('revoked', one), event('revoked', two), event('logout', 'three' as SessionId)])
  expect(watch.due(startMs + graceMs)).toEqual([])
  expect(watch.due(startMs + graceMs + 1)).toEqual([one, two])
  const [fact, ...others] = watch.told([one], startMs + 12_400)
  expect(others).toEqual([])
  expect(fact).toMatchObject({
    kind: 'revoked_session_alive',
    userId: 'alice',
    sessionId: one,
    metadata: { seconds: 12 },
  })
  expect(watch.told([one], startMs + 20_000)).toEqual([])
  expect(watch.due(startMs + 20_000)).toEqual([two])
  expect(watch.due(startMs + watchedMs + 1)).toEqual([])
})

test('a session that begins anew under its id is no revoked one', () => {
  const watch = new RevokedWatch(() => undefined)
  watch.note([event('revoked', one), event('login', one, startMs + 1_000)])
  expect(watch.due(startMs + 60_000)).toEqual([])
})

test('more than can be watched is counted', () => {
  let givenUp = 0
  const watch = new RevokedWatch((count) => (givenUp += count))
  watch.note(Array.from({ length: 10_003 }, (_, index) => event('revoked', `s${index}` as SessionId)))
  expect(givenUp).toBe(3)
  expect(watch.due(startMs + 60_000)).toHaveLength(10_000)
})
