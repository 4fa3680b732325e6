import { createTestDatabase } from '../../helpers/postgres.ts'
import { startRedis, type RedisServer } from '../../helpers/redis.ts'
import { createTempDir } from '../../helpers/temp.ts'

export interface TestWorkspace {
  redis: RedisServer
  /** Connection string of an empty, migrated database. */
  postgresUrl: string
  home: string
  /** What the program has to be started with to use them. */
  env: { REDIS_URL: string; POSTGRES_URL: string; GATEHOUSE_HOME: string }
}

/** A Redis, a database and a home folder for one program; all end with the test. */
export async function createWorkspace(): Promise<TestWorkspace> {
  const [redis, database, home] = await Promise.all([startRedis(), createTestDatabase(), createTempDir()])
  const env = { REDIS_URL: redis.url, POSTGRES_URL: database.url, GATEHOUSE_HOME: home.path }
  return { redis, postgresUrl: database.url, home: home.path, env }
}
