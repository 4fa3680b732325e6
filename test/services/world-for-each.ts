import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis, type RedisServer } from '../helpers/redis.ts'
import { openMirrorWorld, type MirrorWorld, type WorldOptions } from './mirror-world.ts'

export interface OpenedWorld {
  server: RedisServer
  postgresUrl: string
  world: MirrorWorld
}

/** Servers for the tests of this file, and for each test a world on them in which there is nothing yet. */
export function openWorldForEach(use: (opened: OpenedWorld) => void, mirror?: WorldOptions['mirror']): void {
  let server: RedisServer
  let postgresUrl: string
  beforeAll(async () => {
    server = await startRedis()
    postgresUrl = (await createTestDatabase()).url
  })
  beforeEach(async () => {
    const world = await openMirrorWorld({ redisUrl: server.url, postgresUrl, mirror })
    await world.reset()
    use({ server, postgresUrl, world })
    return () => world.close()
  })
  afterAll(() => server.stop())
}
