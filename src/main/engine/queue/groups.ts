import { GatehouseError } from '../../../shared/errors.ts'
import type { Config } from '../config-schema.ts'
import type { SourceQueue } from './batch-id.ts'

type Keys = Config['redis']['keys']

/** Queues that one script claims from, and the keys that it needs beside them. In a Cluster they all lie in one slot. */
export interface QueueGroup {
  /** In order of rank. */
  sources: readonly { name: SourceQueue; key: string }[]
  /** Each claimed batch is a list of its own: this prefix and the batch id. */
  batchPrefix: string
  leases: string
  owners: string
  /** Moves with time, so that a Redis that went back to an older state is noticed (rollback.ts). */
  mark: string
  /** Where items go that could not be written. */
  failed: string
  /** Where failed items go when they are tried again. */
  retry: string
}

/**
 * The groups of an engine, in the order in which they are asked: one script call for all queues of a single Redis; in a
 * Cluster, whose scripts reach one slot, a group each.
 * @throws GatehouseError CONFIG_INVALID when a key cannot share its slot with others
 */
export function queueGroups(keys: Keys, isCluster: boolean): readonly QueueGroup[] {
  if (isCluster) return [clusterGroup('critical', keys.critical), clusterGroup('queue', keys.queue)]
  const { batchPrefix, leases, owners, mark, failed } = keys
  const sources = [
    { name: 'critical' as const, key: keys.critical },
    { name: 'queue' as const, key: keys.queue },
  ]
  return [{ sources, batchPrefix, leases, owners, mark, failed, retry: keys.queue }]
}

function clusterGroup(name: SourceQueue, key: string): QueueGroup {
  return { sources: [{ name, key }], ...companions(name, key), retry: key }
}

/** The keys that go with one key of a Cluster, each in the slot of that key. */
function companions(name: SourceQueue, key: string): Omit<QueueGroup, 'sources' | 'retry'> {
  const base = tagged(name, key)
  return {
    batchPrefix: `${base}:p:`,
    leases: `${base}:leases`,
    owners: `${base}:owners`,
    mark: `${base}:mark`,
    failed: `${base}:failed`,
  }
}

/**
 * The beginning of keys that share the slot of `key`: the key itself as hash tag, or with the tag that it has. (Redis
 * Cluster specification, "Hash tags": what counts stands between the first { and the first } after it, if anything does.)
 */
function tagged(name: SourceQueue, key: string): string {
  if (/^[^{]*\{[^}]+\}/.test(key)) return key
  if (!key.includes('}')) return `{${key}}`
  throw new GatehouseError(
    'CONFIG_INVALID',
    `redis.keys.${name}: "${key}" holds a } outside a hash tag, so that no other key of a Cluster can lie beside it: give it a tag, as in {audit}:queue.`,
    { key: `redis.keys.${name}` },
  )
}
