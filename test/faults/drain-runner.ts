import { createDrain } from '../../src/main/engine/queue/drain.ts'
import { createPublisher } from '../../src/main/engine/queue/publish.ts'
import { openQueueWorld } from '../services/queue-world.ts'

/**
 * An engine that drains and nothing else, as a process of its own, to be killed. Arguments: Redis URL, PostgreSQL URL,
 * lease in ms, items a batch. Sends "draining" to its parent once it claims, and drains until it is killed or disconnected.
 */
const [redisUrl = '', postgresUrl = '', leaseMs = '', size = ''] = process.argv.slice(2)
const batch = { small: Number(size), medium: Number(size), large: Number(size), bulk: Number(size) }
const queue = { leaseMs: Number(leaseMs), batch }
const world = openQueueWorld({ redis: redisUrl, postgres: postgresUrl }, queue, `engine-${process.pid}`)
await Promise.all([world.redis.ready(), world.database.ready()])
const publisher = createPublisher(world)
const drain = createDrain(world)
drain.start()
process.send?.('draining')

process.once('disconnect', () => {
  void drain
    .stop()
    .then(() => publisher.close())
    .then(() => world.close())
})
