import { Redis, type RedisOptions } from 'ioredis'
import { isRedisAway, unavailable } from './failure.ts'

/** ioredis, except that a command which Redis did not get or did not answer fails with REDIS_UNAVAILABLE and the reason. */
export class RedisClient extends Redis {
  readonly #reason: () => string

  /** Does not connect by itself. `reason` says, when asked, why Redis is away. */
  constructor(options: RedisOptions, reason: () => string) {
    super({ ...options, lazyConnect: true, replyMapping: 'legacy' })
    this.#reason = reason
  }

  override sendCommand(...[command, stream]: Parameters<Redis['sendCommand']>): unknown {
    const reject = command.reject
    // Handshake commands pass here too, but before the constructor is done nothing is sent.
    command.reject = (error) => reject(isRedisAway(error) ? unavailable(error, this.#reason()) : error)
    return super.sendCommand(command, stream)
  }
}
