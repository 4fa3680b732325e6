import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { sessionIdsOfTests } from '../services/mirror-world.ts'
import { liveIdOf, sessionOf } from './fill-sessions.ts'

/** What the parent asks for. */
export interface ChangesAsked {
  redisUrl: string
  postgresUrl: string
  sessions: number
  changesPerSecond: number
  seconds: number
}

/** What it is told. `latenciesMs`: from before a change was sent to Redis until its row was seen in PostgreSQL. */
export interface ChangesMade {
  changes: number
  tookMs: number
  latenciesMs: number[]
  /** Changes that were looked for and whose row never came. */
  neverSeen: number
}

/** Changes go out so often: evenly, as from many servers. */
const tickMs = 5
/** Of so many changes one is looked for in PostgreSQL. */
const probeEvery = 100
const probeMs = 3
const giveUpMs = 60_000

/** A process of its own, because its work is not the mirror's. It never changes a session twice. */
async function makeChanges(asked: ChangesAsked): Promise<ChangesMade> {
  const redis = new Redis(asked.redisUrl)
  const postgres = new Pool({ connectionString: asked.postgresUrl, max: 4 })
  const made: ChangesMade = { changes: 0, tookMs: 0, latenciesMs: [], neverSeen: 0 }
  const probes: Promise<void>[] = []

  async function probe(liveId: string, count: number, sinceMs: number): Promise<void> {
    const query = {
      name: 'probe',
      text: 'SELECT FROM redis_sync_sessions WHERE session_id = $1 AND api_call_count = $2',
      values: [sessionIdsOfTests.of(liveId), count],
    }
    while (performance.now() - sinceMs < giveUpMs) {
      await sleep(probeMs)
      if ((await postgres.query(query)).rowCount === 1) {
        made.latenciesMs.push(performance.now() - sinceMs)
        return
      }
    }
    made.neverSeen++
  }

  const startMs = performance.now()
  const total = asked.changesPerSecond * asked.seconds
  while (made.changes < total) {
    const due = Math.min(total, ((performance.now() - startMs) / 1_000) * asked.changesPerSecond)
    const pipeline = redis.pipeline()
    for (; made.changes < due; made.changes++) {
      // A stride that has no divisor with the number of sessions comes to each of them before any again.
      const n = (made.changes * 7_919) % asked.sessions
      const count = 1_000 + made.changes
      pipeline.set(`session:${liveIdOf(n)}`, JSON.stringify({ ...sessionOf(n), api_call_count: count }), 'KEEPTTL')
      if (made.changes % probeEvery === 0) probes.push(probe(liveIdOf(n), count, performance.now()))
    }
    await pipeline.exec()
    await sleep(tickMs)
  }
  made.tookMs = performance.now() - startMs
  await Promise.all(probes)
  redis.disconnect()
  await postgres.end()
  return made
}

process.once('message', (asked) => {
  void makeChanges(asked as ChangesAsked).then((made) => process.send?.(made, () => process.disconnect()))
})
