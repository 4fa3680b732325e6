import type { RedisConnection } from '../redis/connection.ts'

/**
 * Whether somebody may receive what is published to `channel` now. Wrong in one direction only: servers that do not tell
 * who listens (a Cluster, one with replicas, one that forbids the question) count as heard.
 */
export async function mayBeHeard({ client, isCluster }: RedisConnection, channel: string): Promise<boolean> {
  // Cluster and replication carry messages to other servers, whose subscribers this one does not count.
  if (isCluster) return true
  const replies = await client.pipeline().pubsub('NUMSUB', channel).pubsub('NUMPAT').role().exec()
  const [numsub, numpat, role] = (replies ?? []).map(([error, reply]) => (error === null ? reply : null)) as [
    subscribers: [channel: string, count: number] | null,
    patterns: number | null,
    role: [kind: string, offset: number, replicas: unknown[]] | null,
  ]
  const knownToBeNobody = numsub?.[1] === 0 && numpat === 0 && role?.[0] === 'master' && role[2].length === 0
  return !knownToBeNobody
}
