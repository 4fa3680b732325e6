import type { Redis } from 'ioredis'
import type { Client } from 'pg'
import { eventTables } from '../../../src/main/engine/postgres/event-columns.ts'

const day = '2026-01-15'
const nextDay = '2026-01-16'
const types = ['login', 'session_check', 'failed_login', 'token_refresh', 'api_key_created', 'account_upgraded']

/** Numbered items: two thirds session events, the rest of the resource and the action dialect. */
export function makeItem(n: number): string {
  const facts = {
    event_id: `bench-${String(n).padStart(9, '0')}`,
    user_id: `user-${n % 5_000}`,
    ip_address: `10.${n % 200}.${n % 250}.${n % 240}`,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
    created_at: new Date(Date.parse(day) + (n % 80_000) * 1_000 + (n % 1_000)).toISOString(),
  }
  return JSON.stringify({ ...facts, ...factsOf(types[n % types.length]!, n) })
}

function factsOf(type: string, n: number): Record<string, unknown> {
  switch (type) {
    case 'account_upgraded':
      return { action: type, status: 'success', duration_ms: n % 97, details: { plan: 'team' } }
    case 'api_key_created':
      return { event_type: type, event_category: 'info', resource_type: 'api_key', resource_id: `key-${n}` }
    default:
      return { event_type: type, session_id: `session-${n % 20_000}`, country: 'DE', metadata: { device: n % 7 } }
  }
}

/** Pushes the items 0 to `count` - 1. */
export async function fillQueue(redis: Redis, count: number): Promise<void> {
  for (let from = 0; from < count; from += 1_000) {
    const items = Array.from({ length: Math.min(1_000, count - from) }, (_, n) => makeItem(from + n))
    await redis.rpush('audit:queue', ...items)
  }
}

/** The partition of the items' day. */
export async function preparePartitions(postgres: Client): Promise<void> {
  for (const { name } of Object.values(eventTables)) {
    await postgres.query(
      `CREATE TABLE IF NOT EXISTS ${name}_bench PARTITION OF ${name} FOR VALUES FROM ('${day}') TO ('${nextDay}')`,
    )
  }
}

/** Both stores as they were, and nothing left to write for what was there before. */
export async function emptyStores(redis: Redis, postgres: Client): Promise<void> {
  await redis.flushall()
  await postgres.query('TRUNCATE audit_sessions, audit_logs, ingest_batch, stored_transactions, inferred_boundaries')
  await postgres.query('CHECKPOINT')
}
