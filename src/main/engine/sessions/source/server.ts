import type { Redis } from 'ioredis'
import type { RedisConnection } from '../../redis/connection.ts'
import { parseInfo } from '../../redis/server-info.ts'

export interface ServerNow {
  /** Redis's clock. */
  nowMs: number
  /**
   * Another one means that Redis restarted, or that another Redis answers now; of a Cluster also that slots moved or
   * that a replica took over. null where INFO is forbidden.
   */
  runId: string | null
}

export async function readServer(redis: RedisConnection): Promise<ServerNow> {
  const [time, runIds, epoch] = await Promise.all([
    redis.client.time(),
    Promise.all(redis.nodes().map(readRunId)),
    redis.isCluster ? readEpoch(redis) : [],
  ])
  return {
    nowMs: Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000),
    runId: runIds.includes(null) ? null : [...runIds, ...epoch].join(' '),
  }
}

async function readRunId(node: Redis): Promise<string | null> {
  try {
    return parseInfo(await node.info('server'))['run_id'] ?? null
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return null
    throw error
  }
}

/** The epoch grows with each change of who serves a slot (Redis Cluster specification, "Configuration epoch"). */
async function readEpoch({ client }: RedisConnection): Promise<string[]> {
  const { cluster_current_epoch: epoch = '' } = parseInfo(await client.cluster('INFO'))
  return [epoch]
}
