import { createHmac, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createSessionIds } from '../../src/main/engine/session-ids.ts'

describe('session ids', () => {
  test.each([0, 1, 32, 64])('are the HMAC-SHA-256 of the live id, with a key of %i bytes', (length) => {
    const secret = randomBytes(length)
    const { of } = createSessionIds('hmac', () => secret)
    for (const liveId of ['a', 'Mq3-vRz_8', 'é🙂'.repeat(40), 'x'.repeat(4_096)]) {
      expect(of(liveId)).toBe(createHmac('sha256', secret).update(liveId).digest('hex'))
      expect(of(liveId)).toBe(of(liveId))
    }
  })

  test('follow a key that changes', () => {
    let secret = Buffer.alloc(32, 1)
    const { of } = createSessionIds('hmac', () => secret)
    const first = of('a')
    secret = Buffer.alloc(32, 2)
    expect(of('a')).not.toBe(first)
  })

  test('need a key, of a block at most', () => {
    expect(() => createSessionIds('hmac', () => null).of('a')).toThrow('has not been reached yet')
    expect(() => createSessionIds('hmac', () => Buffer.alloc(65)).of('a')).toThrow('64 are the most')
  })

  test('a typed id in its stored form is sought as it is', () => {
    const { of, sought } = createSessionIds('hmac', () => Buffer.alloc(32, 7))
    expect(sought(of('a'))).toBe(of('a'))
    expect(sought('a')).toBe(of('a'))
  })
})
