import { GatehouseError } from '../../shared/errors.ts'
import { assemble, type Assembly, type SyncSummary } from './assembly.ts'
import { saveConnections } from './config-file.ts'
import { ConfigSchema } from './config-schema.ts'
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
  let changing: Promise<void> = Promise.resolve()

  function servicesOf(from: Assembly): Services {
    return {
      ...from.services,
      saveConnections: (urls) => (changing = changing.catch(() => undefined).then(() => reconnect(urls))),
    }
  }

  async function reconnect({ redisUrl, postgresUrl }: { redisUrl: string; postgresUrl: string }): Promise<void> {
    const next = ConfigSchema.safeParse({
      ...config,
      // The sample's name and colour are not those of one's own servers.
      workspace: config.workspace.kind === 'sample' ? {} : config.workspace,
      redis: { ...config.redis, url: redisUrl },
      postgres: { ...config.postgres, url: postgresUrl },
    })
    if (!next.success) {
      const [issue] = next.error.issues
      throw new GatehouseError(
        'INVALID_INPUT',
        `${issue?.path.join('.') ?? ''}: expected ${issue?.message ?? 'another value'}.`,
      )
    }
    await saveConnections(config.home, { redis: redisUrl, postgres: postgresUrl }, secretKey)
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
