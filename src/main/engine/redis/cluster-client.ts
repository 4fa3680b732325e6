import { Cluster, type ClusterNode, type ClusterOptions } from 'ioredis'
import { isRedisAway, unavailable } from './failure.ts'

/** ioredis' Cluster, except that a command which was not sent or not answered fails with REDIS_UNAVAILABLE and the reason. */
export class RedisClusterClient extends Cluster {
  readonly #reason: () => string

  /** Does not connect by itself. `reason` says, when asked, why the Cluster is away. */
  constructor(startupNodes: ClusterNode[], options: ClusterOptions, reason: () => string) {
    super(startupNodes, {
      ...options,
      redisOptions: { ...options.redisOptions, replyMapping: 'legacy' },
      lazyConnect: true,
    })
    this.#reason = reason
  }

  override sendCommand(...[command, stream, node]: Parameters<Cluster['sendCommand']>): unknown {
    const reject = command.reject
    command.reject = (error) => reject(isRedisAway(error) ? unavailable(error, this.#reason()) : error)
    return super.sendCommand(command, stream, node)
  }
}
