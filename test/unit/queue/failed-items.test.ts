import { describe, expect, it } from 'vitest'
import { decodeFailed, encodeFailed } from '../../../src/main/engine/queue/failed-item.ts'
import { withIdentity } from '../../../src/main/engine/queue/move-failed.ts'
import { originsOf } from '../../../src/main/engine/queue/origin.ts'
import { maxShownBytes, shownText } from '../../../src/main/engine/queue/shown-text.ts'
import { createSessionIds } from '../../../src/main/engine/session-ids.ts'

const batchId = '1763632800000-queue-0123456789abcdef'
const failedAt = new Date('2026-11-20T10:05:00.000Z')
const sessionIds = createSessionIds('hmac', () => Buffer.alloc(32, 7))
const letterOf = (raw: string | Buffer) =>
  decodeFailed(Buffer.from(encodeFailed(batchId, originsOf({ batchId })(3), Buffer.from(raw), 'a reason', failedAt)))

describe('a failed item', () => {
  it.each<[string, Buffer]>([
    ['text', Buffer.from('{"a":"ü\\u0000"}')],
    ['nothing', Buffer.alloc(0)],
    ['bytes that are no text', Buffer.from([0x81, 0xc3, 0x28, 0x00, 0xff])],
  ])('keeps %s byte by byte', (_, raw) => {
    const letter = letterOf(raw)
    expect(letter).toMatchObject({ failedId: `${batchId}:0003`, failedAt, reason: 'a reason', batchId })
    expect(letter.raw.equals(raw)).toBe(true)
  })

  it('keeps nothing in its reason that the trail of acts could not store', () => {
    const entry = encodeFailed(batchId, originsOf({ batchId })(0), Buffer.from('x'), 'a\0b', failedAt)
    expect(decodeFailed(Buffer.from(entry)).reason).toBe(String.raw`a\u0000b`)
  })

  it.each(['{"event":"theirs","error":"x"}', 'not json', '{"failed_id":1}'])(
    'of another program (%s) is known by its digest',
    (text) => {
      const letter = decodeFailed(Buffer.from(text))
      expect(letter.failedId).toMatch(/^foreign:[0-9a-f]{64}$/)
      expect(letter.raw.toString()).toBe(text)
      expect(withIdentity(letter)).toEqual(letter.raw)
    },
  )
})

describe('the identity that a re-queue keeps', () => {
  const given = (raw: string) => withIdentity(letterOf(raw)).toString()

  it('is written behind what the item has', () => {
    const at = '"created_at":"2025-11-20T10:00:00.000Z"'
    expect(given('{ "x": 12345678901234567890 }\n')).toBe(
      `{ "x": 12345678901234567890 ,"event_id":"${batchId}:0003",${at}}`,
    )
    expect(given('{}')).toBe(`{"event_id":"${batchId}:0003",${at}}`)
    expect(JSON.parse(given('{"event_id":null,"created_at":""}'))).toEqual({
      event_id: `${batchId}:0003`,
      created_at: '2025-11-20T10:00:00.000Z',
    })
  })

  it('leaves alone what the item says itself', () => {
    expect(given('{"event_id":"e","timestamp":1}')).toBe('{"event_id":"e","timestamp":1}')
    expect(JSON.parse(given('{"timestamp":1,"user_id":"u"}'))).toEqual({
      timestamp: 1,
      user_id: 'u',
      event_id: `${batchId}:0003`,
    })
  })

  it('cannot be given to what is no object', () => {
    expect(given('[1]')).toBe('[1]')
    expect(given('{broken')).toBe('{broken')
  })
})

describe('the text of an item on the screen', () => {
  const shown = (raw: string | Buffer) => shownText(Buffer.from(raw).subarray(0, maxShownBytes), raw.length, sessionIds)
  const live = 'aB3dE6gH9jK2mN5pQ8sT'

  it.each([
    ['an object', `{"event_type":"login","session_id":"${live}"}`],
    ['a nested object', `{"metadata":{"device":{"sid":"${live}"},"oldSessionIds":["${live}"]}}`],
    ['broken JSON', `{"event_type":"login","session_id":"${live}`],
    ['broken JSON with a short id', '{"sid":"short-1",'],
    ['a list', `[{"session_id": "${live}"}]`],
    ['plain text', `sid=${live}; user=alice`],
    ['PHP serialized', `a:1:{s:10:"session_id";s:20:"${live}";}`],
    [
      'bytes',
      Buffer.concat([Buffer.from([0x81, 0xaa]), Buffer.from('session_id'), Buffer.from([0xb4]), Buffer.from(live)]),
    ],
    ['an item longer than what is shown', `{"session_id":"${live}","x":"${'y '.repeat(9000)}"}`],
    ['an item cut within the id', `{"x":"${'y '.repeat(4080)}","session_id":"${live}"}`],
  ])('hides a session id in %s', (_, raw) => {
    const text = shown(raw)
    expect(text).not.toContain(live.slice(0, 8))
    expect(text).not.toContain('short-1')
    expect(text.length).toBeLessThanOrEqual(maxShownBytes)
  })

  it('names the session by its hash, so that it can be searched for', () => {
    expect(shown(`{"session_id":"${live}"}`)).toBe(`{"session_id":"${sessionIds.of(live)}"}`)
    expect(shown(`{"session_id":"${live}",`)).toBe(`{"session_id":"${sessionIds.of(live)}",`)
  })

  it('hides them while the key is not known', () => {
    const unknown = createSessionIds('hmac', () => null)
    expect(shownText(Buffer.from('{"sid":"x1"}'), 12, unknown)).toBe('{"sid":"[session id]"}')
  })

  it('hides secrets, shows controls and foreign bytes as codes, cuts no character in half', () => {
    expect(shown('{"password":"hunter2"}')).toBe('{"password":"[redacted]"}')
    expect(shown(Buffer.from([0x68, 0x69, 0x00, 0x1b, 0xff]))).toBe('hi\\x00\\x1bÿ')
    expect(shown('ü '.repeat(6000))).toBe('ü '.repeat(2730) + 'ü')
  })
})
