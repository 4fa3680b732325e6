import { describe, expect, it } from 'vitest'
import { throttled, Wake } from '../../../src/main/engine/throttle.ts'

describe('throttled', () => {
  it('yields at once, then after a wake, and folds many wakes into one', async () => {
    const wake = new Wake()
    const stop = new AbortController()
    let reads = 0
    const stream = throttled(wake, () => ++reads, { atLeastEveryMs: 60_000, signal: stop.signal })
    expect((await stream.next()).value).toBe(1)
    const second = stream.next()
    for (let i = 0; i < 500; i++) wake.now()
    expect((await second).value).toBe(2)
    const third = stream.next()
    stop.abort()
    expect(await third).toEqual({ value: undefined, done: true })
    expect(reads).toBe(2)
  })

  it('remembers a wake that came while nobody waited', async () => {
    const wake = new Wake()
    wake.now()
    await wake.wait(60_000, undefined)
    const outcome = await Promise.race([wake.wait(60_000, undefined).then(() => 'woken'), Promise.resolve('waits')])
    expect(outcome).toBe('waits')
    wake.now()
  })

  it('goes on by itself when nothing wakes it', async () => {
    const stop = new AbortController()
    const stream = throttled(new Wake(), () => 'x', { atLeastEveryMs: 120, signal: stop.signal })
    await stream.next()
    expect((await stream.next()).value).toBe('x')
    stop.abort()
  })
})
