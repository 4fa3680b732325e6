import { GatehouseError } from '../../shared/errors.ts'
import { assemble, type Assembly, type SyncSummary } from './assembly.ts'
import { saveConnections } from './config-file.ts'
import { ConfigSchema } from './config-schema.ts'
import { refuseLinkLocal } from './link-local.ts'
import { createRouter } from './router.ts'
import type { Services } from './services.ts'
import type { Engine, EngineOptions } from './thread.ts'

export type { SyncSummary } from './assembly.ts'

/**
 * The engine on its own, in plain Node: `router` answers the contract; saving other connections puts a new assembly in
 * the place of the old one, under the same router.
 */
export function createEngine({ config, secretKey, sources = {}, log }: EngineOptions): Engine & {
  syncOnce(signal: AbortSignal): Promise<SyncSummary>
} {
  let assembly: Assembly = assemble(config, sources, log)
  let services = servicesOf(assembly)
  let inUse = config
  let changing: Promise<void> = Promise.resolve()

  function servicesOf(from: Assembly): Services {
    return {
      ...from.services,
      saveConnections: (urls) => (changing = changing.catch(() => undefined).then(() => reconnect(urls))),
    }
  }

  async function reconnect({ redisUrl, postgresUrl }: Parameters<Services['saveConnections']>[0]): Promise<void> {
    const next = ConfigSchema.safeParse({
      ...inUse,
      // The sample's name and colour are not those of one's own servers.
      workspace: inUse.workspace.kind === 'sample' ? {} : inUse.workspace,
      redis: { ...inUse.redis, url: redisUrl ?? inUse.redis.url },
      postgres: { ...inUse.postgres, url: postgresUrl ?? inUse.postgres.url },
    })
    if (!next.success) {
      const [issue] = next.error.issues
      throw new GatehouseError(
        'INVALID_INPUT',
        `${issue?.path.join('.') ?? ''}: expected ${issue?.message ?? 'another value'}.`,
      )
    }
    refuseLinkLocal(next.data)
    const redis = next.data.redis.url
    const postgres = next.data.postgres.url
    if (redis === null || postgres === null) {
      throw new GatehouseError('INVALID_INPUT', 'Give the addresses of both: there is none in use to keep.')
    }
    await saveConnections(config.home, { redis, postgres }, secretKey)
    inUse = next.data
    const before = assembly
    assembly = assemble(next.data, { ...sources, 'redis.url': 'file', 'postgres.url': 'file' }, log)
    services = servicesOf(assembly)
    assembly.start()
    await before.stop()
  }

  return {
    router: createRouter(() => services),
    start: () => {
      assembly.start()
      return Promise.resolve()
    },
    stop: async () => {
      await changing.catch(() => undefined)
      await assembly.stop()
    },
    syncOnce: (signal) => assembly.syncOnce(signal),
  }
}
