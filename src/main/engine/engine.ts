import { GatehouseError } from '../../shared/errors.ts'
import { assemble, type Assembly, type SyncSummary } from './assembly.ts'
import { saveConnections, saveNotify } from './config-file.ts'
import { ConfigSchema, type Config, type ConfigInput } from './config-schema.ts'
import { refuseLinkLocal } from './link-local.ts'
import { createRouter } from './router.ts'
import type { Services } from './services.ts'
import type { Engine, EngineOptions } from './thread.ts'

export type { SyncSummary } from './assembly.ts'

/** @throws GatehouseError INVALID_INPUT that names the setting */
function validated(settings: ConfigInput): Config {
  const parsed = ConfigSchema.safeParse(settings)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new GatehouseError(
    'INVALID_INPUT',
    `${issue?.path.join('.') ?? ''}: expected ${issue?.message ?? 'another value'}.`,
  )
}

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
  let inSources = sources
  let changing: Promise<void> = Promise.resolve()

  function servicesOf(from: Assembly): Services {
    return {
      ...from.services,
      saveConnections: (urls) => inTurn(() => reconnect(urls)),
      configureNotifications: (channels) => inTurn(() => configure(channels)),
    }
  }

  /** One change after the other. */
  const inTurn = (change: () => Promise<void>): Promise<void> =>
    (changing = changing.catch(() => undefined).then(change))

  async function configure(channels: Parameters<Services['configureNotifications']>[0]): Promise<void> {
    const next = validated({ ...inUse, notify: { ...inUse.notify, ...channels } })
    await saveNotify(config.home, channels, secretKey)
    await replaceBy(next, inSources)
  }

  /** Puts an assembly on these settings in the place of the present one. */
  async function replaceBy(next: Config, nextSources: Readonly<Record<string, string>>): Promise<void> {
    inUse = next
    inSources = nextSources
    const before = assembly
    assembly = assemble(next, nextSources, log)
    services = servicesOf(assembly)
    assembly.start()
    await before.stop()
  }

  async function reconnect({ redisUrl, postgresUrl }: Parameters<Services['saveConnections']>[0]): Promise<void> {
    const next = validated({
      ...inUse,
      // The sample's name and colour are not those of one's own servers.
      workspace: inUse.workspace.kind === 'sample' ? {} : inUse.workspace,
      redis: { ...inUse.redis, url: redisUrl ?? inUse.redis.url },
      postgres: { ...inUse.postgres, url: postgresUrl ?? inUse.postgres.url },
    })
    refuseLinkLocal(next)
    const redis = next.redis.url
    const postgres = next.postgres.url
    if (redis === null || postgres === null) {
      throw new GatehouseError('INVALID_INPUT', 'Give the addresses of both: there is none in use to keep.')
    }
    await saveConnections(config.home, { redis, postgres }, secretKey)
    await replaceBy(next, { ...inSources, 'redis.url': 'file', 'postgres.url': 'file' })
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
