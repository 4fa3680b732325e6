import type { Redis } from 'ioredis'
import type { Client } from 'pg'

/**
 * What one writes first: pop one, insert one, each in a transaction of its own, until the queue is empty.
 * @returns milliseconds
 */
export async function drainNaively(redis: Redis, postgres: Client): Promise<number> {
  const startMs = performance.now()
  for (let item = await redis.lpop('audit:queue'); item !== null; item = await redis.lpop('audit:queue')) {
    const event = JSON.parse(item) as Record<string, unknown>
    await postgres.query(
      `INSERT INTO audit_logs (event_id, user_id, action, ip_address, user_agent, details, created_at, source)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'queue')`,
      [
        event['event_id'],
        event['user_id'],
        event['event_type'] ?? event['action'],
        event['ip_address'],
        event['user_agent'],
        event['metadata'] ?? {},
        event['created_at'],
      ],
    )
  }
  return performance.now() - startMs
}
