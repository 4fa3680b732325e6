import { Redis, type RedisOptions } from 'ioredis'
import { GatehouseError } from '../../../shared/errors.ts'
import { isRedisAway } from './failure.ts'

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
    command.reject = (error) => reject(isRedisAway(error) ? this.#unavailable(error) : error)
    return super.sendCommand(command, stream)
  }

  #unavailable(cause: Error): GatehouseError {
    const unanswered = cause.message.startsWith('Command timed out')
    const message = unanswered
      ? 'Redis did not answer in time; whether it did what was asked is not known.'
      : this.#reason()
    return new GatehouseError('REDIS_UNAVAILABLE', message, {}, { cause })
  }
}
