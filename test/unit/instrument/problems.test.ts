import { expect, test, vi } from 'vitest'
import { Problems } from '../../../src/instrument/problems.ts'
import { within } from '../../../src/instrument/within.ts'
import type { GatehouseError } from '../../../src/shared/errors.ts'

test('each kind of problem is told at most once in ten seconds, with how often it happened', () => {
  const told: GatehouseError[] = []
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
  const problems = new Problems('part', (problem) => told.push(problem))
  for (let n = 0; n < 5; n++) problems.report('REDIS_UNAVAILABLE', 'gone')
  problems.report('TOO_LARGE', 'full')
  clock.mockReturnValue(10_000)
  problems.report('REDIS_UNAVAILABLE', 'still gone')
  clock.mockRestore()
  expect(told.map(({ code, message, details }) => [code, message, details['times']])).toEqual([
    ['REDIS_UNAVAILABLE', 'part: gone', 1],
    ['TOO_LARGE', 'part: full', 1],
    ['REDIS_UNAVAILABLE', 'part: still gone', 5],
  ])
})

test('a listener that throws reaches nobody, and is not silent', async () => {
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
  const problems = new Problems('part', () => {
    throw new Error('listener')
  })
  expect(() => problems.report('INTERNAL', 'something')).not.toThrow()
  expect((await warned).message).toBe('part: onProblem threw')
})

test('an answer that came while the thread was busy is not late', async () => {
  const answer = new Promise((resolve) => setTimeout(() => setImmediate(resolve, 'answer'), 5))
  const asked = within(answer, 20)
  const untilMs = performance.now() + 60
  while (performance.now() < untilMs); // A request that computes for long.
  expect(await asked).toBe('answer')
  await expect(within(new Promise(() => undefined), 10)).rejects.toThrow('Redis did not answer within 10 ms')
})
