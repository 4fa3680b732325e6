import { expect, test } from 'vitest'
import { trackingWords } from '../../../src/renderer/pages/settings/tracking-words.ts'

const on = { status: 'on', reason: null, following: true, hintsPerSecond: 1_200, waitingHints: 3 } as const

test('whether Redis names changes is one line', () => {
  expect(trackingWords(undefined)).toBeNull()
  expect(trackingWords(on)).toBe('named as they change: 1,200 a second, 3 wait')
  expect(trackingWords({ ...on, following: false })).toContain('as soon as all sessions are read once')
  expect(trackingWords({ ...on, status: 'off', reason: 'the ACL forbids it', following: false })).toBe(
    'not named: the ACL forbids it. All sessions are read at every interval instead.',
  )
})
