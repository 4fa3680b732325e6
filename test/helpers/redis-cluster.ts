import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { freePort } from './ports.ts'
import { redisCli, startRedis, type RedisServer } from './redis.ts'
import { waitFor } from './wait.ts'

const run = promisify(execFile)

export interface RedisCluster {
  /** `redis+cluster://…`, of all masters. */
  url: string
  /** Each serves a third of the slots, in this order. */
  masters: RedisServer[]
  /** Of each master, if asked for, in the same order. */
  replicas: RedisServer[]
}

/** A failover begins a second after a master died, and replicas are served without waiting for more of them. */
const settings = Object.entries({
  'cluster-enabled': 'yes',
  'cluster-node-timeout': '1000',
  'cluster-replica-validity-factor': '0',
  'repl-diskless-sync-delay': '0',
}).flatMap(([name, value]) => [`--${name}`, value])

/**
 * Starts a Redis Cluster of three masters on 127.0.0.1 and returns when all of its servers agree on it.
 * @throws Error with redis-cli's words when it does not come up
 */
export async function startRedisCluster({ replicas = false } = {}): Promise<RedisCluster> {
  const servers = await Promise.all(Array.from({ length: replicas ? 6 : 3 }, startNode))
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`)
  const perMaster = replicas ? '1' : '0'
  await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-replicas', perMaster, '--cluster-yes'])
  const masters = servers.slice(0, 3)
  const url = `redis+cluster://${masters.map(({ port }) => `127.0.0.1:${port}`).join()}`
  const ofMaster = replicas ? await replicasOf(masters, servers.slice(3)) : []
  for (const server of servers) {
    await waitFor(async () => (await redisCli(server.url, ['CLUSTER', 'INFO'])).includes('cluster_state:ok'), {
      what: `the cluster at ${server.url}`,
    })
  }
  return { url, masters, replicas: ofMaster }
}

/** Its bus listens on a port of its own: the usual one, 10,000 above, may be taken or beyond the last. */
async function startNode(): Promise<RedisServer> {
  return startRedis({ args: [...settings, '--cluster-port', String(await freePort())] })
}

/** redis-cli decides whose replica each is; waits until they have what their masters had. */
async function replicasOf(masters: readonly RedisServer[], replicas: readonly RedisServer[]): Promise<RedisServer[]> {
  const found = new Map<number, RedisServer>()
  for (const replica of replicas) {
    const port = await waitFor(
      async () => {
        const info = await redisCli(replica.url, ['INFO', 'replication'])
        return info.includes('master_link_status:up') ? Number(/master_port:(\d+)/.exec(info)?.[1]) : 0
      },
      { what: `the replica at ${replica.url}` },
    )
    found.set(port, replica)
  }
  return masters.map(({ port }) => found.get(port) as RedisServer)
}
