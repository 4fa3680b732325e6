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
  const nodes = redis.nodes()
  const [time, runIds, epochs] = await Promise.all([
    redis.client.time(),
    Promise.all(nodes.map(readRunId)),
    redis.isCluster ? Promise.all(nodes.map(readEpoch)) : [],
  ])
  // The servers tell each other of a new epoch, which takes a moment: what the one that made it says counts.
  const epoch = epochs.length > 0 ? [Math.max(...epochs)] : []
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
const readEpoch = async (node: Redis): Promise<number> =>
  Number(parseInfo(await node.cluster('INFO'))['cluster_current_epoch'])
