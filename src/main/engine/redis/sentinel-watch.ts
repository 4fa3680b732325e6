import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from 'pino'
import { backoffMs } from '../../../shared/backoff.ts'
import type { RedisTarget } from './target.ts'

/** Where Sentinels tell that another server is the master (Redis manual, "High availability with Sentinel"). */
const channel = '+switch-master'

/**
 * Hears from every Sentinel when it makes another server the master. Without it the old one, where it is alive, would be
 * written to until a Sentinel turns it into a replica, which takes up to ten seconds, and what was written is lost.
 * @param options of a connection to a Sentinel, without its address
 * @param onSwitch called once for each switch, however many Sentinels tell it
 * @returns ends it
 */
export function watchSwitches(
  { hosts, masterName }: RedisTarget,
  options: RedisOptions,
  onSwitch: () => void,
  log: Logger,
): () => void {
  let last = ''
  const clients = hosts.map((host) => {
    const client = new Redis({
      ...options,
      ...host,
      connectionName: 'gatehouse-sentinel-watch',
      enableReadyCheck: false,
      maxRetriesPerRequest: null,
      retryStrategy: (attempt) => backoffMs(attempt),
    })
    client.on('error', (error) => log.debug({ err: error, ...host }, 'a Sentinel is not heard'))
    client.on('message', (_channel, message) => {
      // "<name> <old address> <old port> <new address> <new port>"
      if (message === last || !message.startsWith(`${masterName} `)) return
      last = message
      onSwitch()
    })
    // It waits for the connection, and is made again with each new one.
    client.subscribe(channel).catch((error: unknown) => log.debug({ err: error, ...host }, 'a Sentinel is not heard'))
    return client
  })
  return () => clients.forEach((client) => client.disconnect())
}
