import { createRouterClient } from '@orpc/server'
import { pino } from 'pino'
import { ConfigSchema, type ConfigInput } from '../../src/main/engine/config-schema.ts'
import { createEngine } from '../../src/main/engine/engine.ts'
import type { EngineClient } from '../../src/shared/contract/index.ts'
import type { LiveStatus } from '../../src/shared/model/system.ts'
import { keep } from './teardown.ts'
import { createTempDir } from './temp.ts'
import { waitFor } from './wait.ts'

export interface TestEngine {
  client: EngineClient
  syncOnce: ReturnType<typeof createEngine>['syncOnce']
  home: string
  stop(): Promise<void>
}

/**
 * Starts a whole engine in this process, and returns once both stores are connected; it ends with the test file at the
 * latest. Reconciles and looks into the queue often, so that tests do not wait.
 */
export async function startEngine(
  settings: ConfigInput,
  { connected = true, secretKey = null as Uint8Array | null } = {},
): Promise<TestEngine> {
  const home = settings.home ?? (await createTempDir()).path
  const config = ConfigSchema.parse({
    ...settings,
    home,
    mirror: { intervalMs: 250, ...settings.mirror },
    queue: { idleMs: 20, ...settings.queue },
    cache: settings.cache ?? {},
  })
  const engine = createEngine({ config, secretKey, log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }) })
  // What it holds dies with the process.
  const stop = keep({ release: () => engine.stop(), abandon: () => undefined })
  await engine.start()
  const client: EngineClient = createRouterClient(engine.router, { context: { peer: 'test' } })
  if (connected) {
    await waitFor(
      async () => {
        const { redis, postgres } = await client.system.connections()
        return redis.status === 'connected' && postgres.status === 'connected'
      },
      { what: 'both stores', timeoutMs: 20_000 },
    )
  }
  return { client, syncOnce: engine.syncOnce, home, stop }
}

/** What the status bar would show now. */
export async function statusOf(client: EngineClient): Promise<LiveStatus> {
  for await (const status of await client.system.live()) return status
  throw new Error('The engine gave no status.')
}
