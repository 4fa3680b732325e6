import type { Redis } from 'ioredis'
import { parseInfo } from '../../redis/server-info.ts'

export interface ServerNow {
  /** Redis's clock. */
  nowMs: number
  /** Another one means that Redis restarted, or that another Redis answers now. null where INFO is forbidden. */
  runId: string | null
}

export async function readServer(client: Redis): Promise<ServerNow> {
  const [time, runId] = await Promise.all([client.time(), readRunId(client)])
  return { nowMs: Number(time[0]) * 1_000 + Math.floor(Number(time[1]) / 1_000), runId }
}

async function readRunId(client: Redis): Promise<string | null> {
  try {
    return parseInfo(await client.info('server'))['run_id'] ?? null
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return null
    throw error
  }
}
