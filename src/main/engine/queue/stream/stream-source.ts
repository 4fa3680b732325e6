import { createHash } from 'node:crypto'
import { GatehouseError, messageOf } from '../../../../shared/errors.ts'
import type { Config } from '../../config-schema.ts'
import type { Problems } from '../../problems.ts'
import type { RedisCommands } from '../../redis/connection.ts'
import { batchSize, modestSizes } from '../batch-size.ts'
import type { Batch, BatchSource } from '../batch.ts'
import type { StreamGroup } from '../groups.ts'
import { itemOf, timeOfEntry, type RawEntry } from './entry.ts'
import { lookScript, sweepScript } from './scripts.ts'
import { streamLease } from './stream-lease.ts'

/** Entries of one command, and about the bytes of one. Redis takes 1.7 µs an entry: it stays below 2 ms. */
const maxRead = 500
const maxReadBytes = 1024 * 1024
/** Taken for the size of an entry before any was seen: the first read must not be of a thousand large ones. */
const assumedBytes = 64 * 1024
/** What is counted at most where Redis does not know how many entries wait. */
const maxCounted = 1_000
/** Leases after which a consumer without entries is forgotten. */
const forgottenAfterLeases = 10

interface Deps {
  client: RedisCommands
  stream: StreamGroup
  config: Config['queue']
  /** Asked before each claim: whether the batch is to be one of modestSizes. */
  isModest: () => boolean
  problems: Problems
  /** Told how many entries were removed from the stream before they were stored. */
  onLost: (entries: number) => void
}

/**
 * What one worker claims from a stream, as a consumer of the group: first entries whose consumer let them lie for longer
 * than the lease, then new ones.
 * @param owner its alone, in all engines and in all their lives
 */
export function createStreamSource(
  { client, stream, config, isModest, problems, onLost }: Deps,
  owner: string,
): BatchSource {
  const { key, group, field, consumerPrefix } = stream
  const consumer = `${consumerPrefix}${owner}`
  let leastSize = 0
  let meanBytes = assumedBytes
  let nextLookForLapsedMs = 0
  let isIdle = false

  async function look(): Promise<{ waiting: number; lost: number }> {
    const reply = (await lookScript.run(client, [key], [group, maxCounted])) as [number, number] | -1
    if (reply !== -1) return { waiting: reply[0], lost: reply[1] }
    await createGroup(client, stream)
    return look()
  }

  function noteLost(entries: number, when: string): void {
    if (entries <= 0) return
    onLost(entries)
    problems.report(
      'queue',
      `entries of the stream were removed ${when}: let it be trimmed less`,
      `${entries} of ${key}`,
    )
  }

  /** Entries that lapsed are looked for when nothing is new, and four times a lease while there is. */
  async function adopt(): Promise<Batch | null> {
    const nowMs = performance.now()
    if (!isIdle && nowMs < nextLookForLapsedMs) return null
    nextLookForLapsedMs = nowMs + config.leaseMs / 4
    const found: RawEntry[] = []
    for (let cursor = '0-0'; found.length < maxRead;) {
      const args = [key, group, consumer, config.leaseMs, cursor, 'COUNT', pageCount()]
      const reply = await client.callBuffer('xautoclaim', args)
      const [next, entries, deleted = []] = reply as [Buffer, RawEntry[], Buffer[]?]
      noteLost(deleted.length, 'after they were read and before they were stored')
      found.push(...entries)
      cursor = String(next)
      if (cursor === '0-0') break
    }
    await sweepScript.run(client, [key], [group, consumerPrefix, forgottenAfterLeases * config.leaseMs])
    return found.length === 0 ? null : batchOf(found, { adopted: true, overLimit: 0 })
  }

  async function read(waiting: number): Promise<Batch | null> {
    const size = isModest()
      ? batchSize(modestSizes(config.batch), waiting, Math.min(leastSize, config.batch.large))
      : batchSize(config.batch, waiting, leastSize)
    leastSize = waiting > size ? size : 0
    const found: RawEntry[] = []
    let bytes = 0
    while (found.length < size && bytes < maxReadBytes) {
      const count = Math.min(size - found.length, pageCount())
      const reply = await client.xreadgroupBuffer('GROUP', group, consumer, 'COUNT', count, 'STREAMS', key, '>')
      const page = (reply?.[0]?.[1] ?? []) as RawEntry[]
      found.push(...page)
      bytes += noteSizes(page)
      if (page.length < count) break
    }
    if (found.length === 0) return null
    const overLimit = Math.min(found.length, Math.max(0, waiting - config.depthLimit))
    return batchOf(found, { adopted: false, overLimit })
  }

  const pageCount = () => Math.max(1, Math.min(maxRead, Math.floor(maxReadBytes / meanBytes)))

  /** @returns the bytes of the page */
  function noteSizes(page: readonly RawEntry[]): number {
    if (page.length === 0) return 0
    const bytes = page.reduce((sum, [, fields]) => fields.reduce((all, { length }) => all + length, sum), 0)
    meanBytes = Math.max(1, bytes / page.length)
    return bytes
  }

  function batchOf(entries: readonly RawEntry[], facts: Pick<Batch, 'adopted' | 'overLimit'>): Batch {
    const ids = entries.map(([id]) => String(id))
    return {
      batchId: streamBatchId(key, ids),
      entries: { stream: key, ids },
      items: entries.map((entry) => itemOf(entry, field)),
      ...facts,
      lease: streamLease(client, stream, consumer, config.leaseMs, ids),
    }
  }

  return {
    async claim() {
      try {
        const { waiting, lost } = await look()
        noteLost(lost, 'before they were read')
        isIdle = waiting === 0
        return (await adopt()) ?? (waiting === 0 ? null : await read(waiting))
      } catch (error) {
        if (!messageOf(error).includes('WRONGTYPE')) throw error
        problems.report('queue', 'the key of the stream is not a stream: rename or delete it', key)
        return null
      }
    },
  }
}

/**
 * The same entries are the same batch, whoever claims them: what was committed is known again. It takes all ids: of two
 * batches with the same first, last and number the entries between may differ, when some were acknowledged.
 */
function streamBatchId(key: string, ids: readonly string[]): string {
  const digest = createHash('sha256').update(`${key}\n${ids.join()}`).digest('hex')
  const ms = Math.min(timeOfEntry(ids[0] ?? '').getTime(), 1e15 - 1)
  return `${ms}-stream-${digest.slice(0, 16)}`
}

/** From the beginning of the stream: what was added before Gatehouse came is stored too. */
async function createGroup(client: RedisCommands, { key, group }: StreamGroup): Promise<void> {
  try {
    await client.xgroup('CREATE', key, group, '0', 'MKSTREAM', 'ENTRIESREAD', 0)
  } catch (error) {
    const said = messageOf(error)
    // Another worker was faster.
    if (said.startsWith('BUSYGROUP')) return
    if (!/syntax error/i.test(said)) throw error
    throw new GatehouseError(
      'CONFIG_INVALID',
      `queue.stream: streams need Redis 7 or Valkey, the server refuses ENTRIESREAD (${said}).`,
      { key: 'queue.stream' },
      { cause: error },
    )
  }
}
