import { GatehouseError } from '../../../shared/errors.ts'
import type { Config } from '../config-schema.ts'
import type { SourceQueue } from './batch-id.ts'

type Keys = Config['redis']['keys']

/** A list or stream, and where in an entry of a stream the item stands. */
export interface RetryTarget {
  key: string
  /** null: a list. */
  field: string | null
}

/** Where items lie that could not be written, and where they go when they are tried again: both in one slot. */
export interface FailedList {
  failed: string
  retry: RetryTarget
}

/** Queues that one script claims from, and the keys that it needs beside them. In a Cluster they all lie in one slot. */
export interface QueueGroup extends FailedList {
  /** In order of rank. */
  sources: readonly { name: SourceQueue; key: string }[]
  /** Each claimed batch is a list of its own: this prefix and the batch id. */
  batchPrefix: string
  leases: string
  owners: string
  /** Moves with time, so that a Redis that went back to an older state is noticed (rollback.ts). */
  mark: string
}

/** A stream and the group that reads it. */
export interface StreamGroup extends FailedList {
  key: string
  group: string
  field: string
  consumerPrefix: string
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
  return [{ sources, batchPrefix, leases, owners, mark, failed, retry: { key: keys.queue, field: null } }]
}

/**
 * The stream, if there is one. Its failed items lie with those of the lists; in a Cluster they have a list of their own.
 * @throws GatehouseError CONFIG_INVALID as queueGroups does
 */
export function streamGroup({ redis: { keys }, queue: { stream } }: Config, isCluster: boolean): StreamGroup | null {
  if (stream === null) return null
  if (!isCluster) return { ...stream, failed: keys.failed, retry: { key: keys.queue, field: null } }
  const { key, field } = stream
  return { ...stream, failed: `${tagged('queue.stream.key', key)}:failed`, retry: { key, field } }
}

/** Every list of failed items, in the order in which they are shown. */
export function failedLists(config: Config, isCluster: boolean): readonly FailedList[] {
  const groups: FailedList[] = [...queueGroups(config.redis.keys, isCluster)]
  const stream = streamGroup(config, isCluster)
  return stream === null || groups.some(({ failed }) => failed === stream.failed) ? groups : [...groups, stream]
}

function clusterGroup(name: SourceQueue, key: string): QueueGroup {
  const base = tagged(`redis.keys.${name}`, key)
  return {
    sources: [{ name, key }],
    batchPrefix: `${base}:p:`,
    leases: `${base}:leases`,
    owners: `${base}:owners`,
    mark: `${base}:mark`,
    failed: `${base}:failed`,
    retry: { key, field: null },
  }
}

/**
 * The beginning of keys that share the slot of `key`: the key itself as hash tag, or with the tag that it has. (Redis
 * Cluster specification, "Hash tags": what counts stands between the first { and the first } after it, if anything does.)
 */
function tagged(setting: string, key: string): string {
  if (/^[^{]*\{[^}]+\}/.test(key)) return key
  if (!key.includes('}')) return `{${key}}`
  throw new GatehouseError(
    'CONFIG_INVALID',
    `${setting}: "${key}" holds a } outside a hash tag, so that no other key of a Cluster can lie beside it: give it a tag, as in {audit}:queue.`,
    { key: setting },
  )
}
