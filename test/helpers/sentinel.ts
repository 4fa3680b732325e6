import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { redisCli, startRedis, type RedisServer } from './redis.ts'
import { createTempDir } from './temp.ts'
import { waitFor } from './wait.ts'

export interface Watched {
  /** `redis+sentinel://…/main` */
  url: string
  master: RedisServer
  replica: RedisServer
  sentinel: RedisServer
}

const masterName = 'main'
/** A failover begins when the master was away for so long. */
const downAfterMs = 500

/**
 * Starts a master, a replica of it and a Sentinel on 127.0.0.1, and returns when the Sentinel knows both. It is one, because
 * several that divide their votes try again after ten seconds only.
 * @param password of the Sentinel, if it is to want one
 */
export async function startSentinel({ password }: { password?: string } = {}): Promise<Watched> {
  // The master would wait five seconds for more replicas before it answers the first.
  const master = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] })
  const replica = await startRedis({
    args: ['--repl-diskless-sync-delay', '0', '--replicaof', '127.0.0.1', String(master.port)],
  })
  const sentinel = await launch(master.port, password)
  await waitFor(
    async () => {
      const known = await redisCli(withPassword(sentinel.url, password), ['SENTINEL', 'MASTER', masterName])
      return /^num-slaves\n1$/m.test(known)
    },
    { what: 'the Sentinel to know the replica' },
  )
  await waitFor(async () => (await redisCli(replica.url, ['INFO', 'replication'])).includes('master_link_status:up'), {
    what: 'the replica',
  })
  // The first is not there: the driver has to ask the next.
  return { url: `redis+sentinel://127.0.0.1:1,127.0.0.1:${sentinel.port}/${masterName}`, master, replica, sentinel }
}

async function launch(masterPort: number, password?: string): Promise<RedisServer> {
  const { path: dir } = await createTempDir()
  const configFile = path.join(dir, 'sentinel.conf')
  await writeFile(configFile, password === undefined ? '' : `requirepass ${password}\n`)
  const server = await startRedis({ dir, configFile, args: ['--sentinel'] })
  const tell = (...words: string[]) => redisCli(withPassword(server.url, password), ['SENTINEL', ...words])
  await tell('MONITOR', masterName, '127.0.0.1', String(masterPort), '1')
  await tell('SET', masterName, 'down-after-milliseconds', String(downAfterMs))
  await tell('SET', masterName, 'failover-timeout', '5000')
  return server
}

const withPassword = (url: string, password: string | undefined): string =>
  password === undefined ? url : url.replace('redis://', `redis://default:${password}@`)
