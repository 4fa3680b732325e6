import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import type { FailedItem } from '../../../shared/model/queue.ts'
import type { QueueDeps } from './deps.ts'
import { decodeFailed } from './failed-item.ts'
import { failedLists, type FailedList } from './groups.ts'
import { moveFailed, type DeadLetter } from './move-failed.ts'
import { maxShownBytes, shownText } from './shown-text.ts'

/** Entries read or moved by one command: keeps each command short. */
const pageSize = 50
/** Letters described in the record of an act, and the longest text of each: a record is read by people. */
const maxDescribed = 200
const maxDescribedText = 500

/** Failed items to act on: some by identity, or all that there are when the act begins. */
export type Selection = { failedIds: readonly string[] } | { all: true }

/** Writes one row of the trail of admin acts; returns its id. */
export type RecordAct = (act: {
  action: string
  reason: string
  targetUser: string | null
  sessionId: string | null
  outcome: string
  details: Record<string, unknown>
}) => Promise<number>

export interface DeadLetters {
  /** The failed items as they lie in their lists, one list after the other, the oldest of each first. */
  list(offset: number, limit: number): Promise<{ items: FailedItem[]; depth: number }>
  /**
   * Puts failed items back at the tail of their queue, each under the identity that it had.
   * @throws GatehouseError NOT_FOUND when none of the selected is there; whatever recordAct throws, and then nothing is moved
   */
  requeue(selection: Selection, reason: string): Promise<{ moved: number }>
  /** Removes failed items for good; fails as requeue does. */
  discard(selection: Selection, reason: string): Promise<{ discarded: number }>
}

type DeadLetterDeps = Pick<QueueDeps, 'redis' | 'config' | 'sessionIds' | 'signals'> & { recordAct: RecordAct }

const total = (measured: readonly { depth: number }[]): number => measured.reduce((sum, { depth }) => sum + depth, 0)

export function createDeadLetters(deps: DeadLetterDeps): DeadLetters {
  const { redis, config, sessionIds, signals, recordAct } = deps
  const lists = failedLists(config, redis.isCluster)

  async function measure(): Promise<{ list: FailedList; depth: number }[]> {
    return Promise.all(lists.map(async (list) => ({ list, depth: await redis.client.llen(list.failed) })))
  }

  async function read({ failed }: FailedList, offset: number, limit: number): Promise<DeadLetter[]> {
    const entries = await redis.client.lrangeBuffer(failed, offset, offset + limit - 1)
    return entries.map((entry) => ({ entry, record: decodeFailed(entry) }))
  }

  function show({ record }: DeadLetter): FailedItem {
    const { raw, ...facts } = record
    const text = shownText(raw.subarray(0, maxShownBytes), raw.length, sessionIds)
    return { ...facts, text, bytes: raw.length }
  }

  /**
   * Goes through the first `depth` letters of each list page by page and gives the selected ones to `visit`, which answers
   * how many of them it took out of the list.
   */
  async function forSelected(
    selection: Selection,
    measured: Awaited<ReturnType<typeof measure>>,
    visit: (letters: DeadLetter[], list: FailedList) => number | Promise<number>,
  ): Promise<void> {
    const ids = 'all' in selection ? null : new Set(selection.failedIds)
    for (const { list, depth } of measured) {
      for (let left = depth, offset = 0; left > 0;) {
        const page = await read(list, offset, Math.min(pageSize, left))
        if (page.length === 0) break
        const selected = page.filter(({ record }) => ids === null || ids.has(record.failedId))
        const removed = selected.length > 0 ? await visit(selected, list) : 0
        left -= page.length
        offset += page.length - removed
      }
    }
  }

  const names = lists.map(({ failed }) => failed).join(', ')

  async function describe(
    selection: Selection,
    measured: Awaited<ReturnType<typeof measure>>,
  ): Promise<Record<string, unknown>> {
    let count = 0
    const items: Record<string, unknown>[] = []
    await forSelected(selection, measured, (letters) => {
      count += letters.length
      for (const letter of letters.slice(0, maxDescribed - items.length)) {
        const { failedId, reason, text, bytes } = show(letter)
        items.push({ failedId, reason, text: text.slice(0, maxDescribedText).toWellFormed(), bytes })
      }
      return 0
    })
    return { queue: names, count, items }
  }

  async function act(kind: 'requeue' | 'discard', selection: Selection, reason: string): Promise<number> {
    const measured = await measure()
    const details = await describe(selection, measured)
    if (details['count'] === 0) {
      throw new GatehouseError('NOT_FOUND', `None of the selected items is in ${names} any more: reload the list.`)
    }
    const record = (outcome: string, more: Record<string, unknown>) =>
      recordAct({
        action: `queue_${kind}`,
        reason,
        targetUser: null,
        sessionId: null,
        outcome,
        details: { ...details, ...more },
      })

    const attempt = await record('attempted', {})
    let moved = 0
    try {
      await forSelected(selection, measured, async (letters, list) => {
        const now = await moveFailed(redis.client, list, kind, letters)
        moved += now
        return now
      })
    } catch (error) {
      await record('failed', { attempt, moved, error: messageOf(error) })
      throw error
    } finally {
      if (moved > 0) signals.emit('failedChanged')
    }
    await record('done', { attempt, moved })
    return moved
  }

  return {
    async list(offset, limit) {
      const items: FailedItem[] = []
      let skip = offset
      for (const list of lists) {
        for (let from = skip; items.length < limit;) {
          const page = await read(list, from, Math.min(pageSize, limit - items.length))
          if (page.length === 0) break
          items.push(...page.map(show))
          from += page.length
        }
        if (lists.length > 1) skip = Math.max(0, skip - (await redis.client.llen(list.failed)))
      }
      return { items, depth: total(await measure()) }
    },
    requeue: async (selection, reason) => ({ moved: await act('requeue', selection, reason) }),
    discard: async (selection, reason) => ({ discarded: await act('discard', selection, reason) }),
  }
}
