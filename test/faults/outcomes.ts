import type { Redis } from 'ioredis'
import { rowsOf } from './rows-of.ts'

const number = /\bn\d+\b/
export const inFailed = (name: string): string => `${name} in audit:failed`

/** Where numbered events are: in the tables by their name, and among the dead letters. */
export async function outcomesOf(redis: Redis, postgresUrl: string): Promise<string[]> {
  return [...(await storedNames(postgresUrl)), ...(await failedNames(redis))]
}

async function storedNames(postgresUrl: string): Promise<string[]> {
  const rows = await rowsOf<{ name: string | null }>(postgresUrl, 'SELECT user_id AS name FROM audit_events')
  return rows.map(({ name }) => name ?? 'an event without a number')
}

async function failedNames(redis: Redis): Promise<string[]> {
  const letters = await redis.lrange('audit:failed', 0, '-1')
  return letters.map((letter) => inFailed(number.exec((JSON.parse(letter) as { raw: string }).raw)?.[0] ?? letter))
}

/** Keys of the drain's that are there although nothing waits and nobody works. */
export async function orphanKeys(redis: Redis): Promise<string[]> {
  const keys: string[] = []
  for await (const page of redis.scanStream({ match: 'audit:*', count: 1_000 })) keys.push(...(page as string[]))
  return keys.filter((key) => /^audit:(p:|leases$|owners$|queue$|critical$)/.test(key))
}
