import type { Redis } from 'ioredis'
import type { Client } from 'pg'
import { median, round1 } from '../median.ts'
import type { DrainProcess } from './drain-process.ts'
import { emptyStores, fillQueue } from './items.ts'

export interface BacklogResult {
  backlog: number
  /** Microseconds an event, with a backlog of 10,000 and with the large one. */
  smallUs: number
  largeUs: number
  ratio: number
  /** Of the draining process as a whole: before its first drain, and at most. */
  idleMb: number
  peakMb: number
}

const small = 10_000
/** Drains of the small backlog before and after the large one: as many events as settle a median. */
const smallDrains = 5

/** What a large backlog costs beyond a small one, an event. */
export async function timeBacklog(
  redis: Redis,
  postgres: Client,
  drain: DrainProcess,
  backlog: number,
): Promise<BacklogResult> {
  const drainOf = async (events: number) => {
    await emptyStores(redis, postgres)
    await fillQueue(redis, events)
    const report = await drain.drain()
    if (report.stored !== events) throw new Error(`The drain stored ${report.stored} of ${events} events`)
    return { ...report, us: (report.tookMs * 1_000) / events }
  }
  const smallUs: number[] = []
  const drainSmall = async () => {
    for (let n = 0; n < smallDrains; n++) smallUs.push((await drainOf(small)).us)
  }
  const idle = await drain.drain()
  await drainSmall()
  const large = await drainOf(backlog)
  await drainSmall()
  const mb = (bytes: number) => Math.round(bytes / 1_000_000)
  return {
    backlog,
    smallUs: round1(median(smallUs)),
    largeUs: round1(large.us),
    ratio: Math.round((large.us / median(smallUs)) * 100) / 100,
    idleMb: mb(idle.rssBytes),
    peakMb: mb(large.peakRssBytes),
  }
}
