import path from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { createTempDir } from '../helpers/temp.ts'
import type { BenchServers } from './drain.ts'
import { bundle } from './drain/bundle.ts'
import { timeCritical, type CriticalLatency } from './drain/critical.ts'
import { startDrainProcess } from './drain/drain-process.ts'
import { emptyStores, preparePartitions } from './drain/items.ts'

/** Critical events under a full drain by default settings, several times over: the first of them compile what they run. */
export async function benchCritical(
  servers: BenchServers,
  { backlog, rounds }: { backlog: number; rounds: number },
): Promise<{ demand: string; rounds: CriticalLatency[] }> {
  const redis = new Redis(servers.redisUrl)
  const postgres = new Client({ connectionString: servers.postgresUrl })
  await postgres.connect()
  const folder = await createTempDir()
  const program = await bundle(path.join(import.meta.dirname, 'drain', 'drain-program.ts'))
  await preparePartitions(postgres)
  const drain = await startDrainProcess(servers, {}, { program, cacheFolder: folder.path })
  const results: CriticalLatency[] = []
  try {
    for (let round = 0; round <= rounds; round++) {
      await emptyStores(redis, postgres)
      results.push(await timeCritical(redis, drain, backlog))
    }
    return { demand: 'p99 <= 25 ms', rounds: results.slice(1) }
  } finally {
    await drain.end()
    redis.disconnect()
    await postgres.end()
    await folder.remove()
  }
}
