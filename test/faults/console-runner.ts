import { createRouterClient } from '@orpc/server'
import { pino } from 'pino'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { createEngine } from '../../src/main/engine/engine.ts'
import type { EngineClient } from '../../src/shared/contract/index.ts'

/**
 * The program of a console: a whole engine, until it is killed, or its parent lets go of it. Its one argument is its
 * configuration as JSON. Answers each message with the live status.
 */
const config = ConfigSchema.parse(JSON.parse(process.argv[2] ?? ''))
const engine = createEngine({ config, secretKey: null, log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }) })
const client: EngineClient = createRouterClient(engine.router, { context: { peer: 'test' } })

async function tell(): Promise<void> {
  for await (const status of await client.system.live()) {
    process.send?.(status)
    return
  }
}

process.on('message', () => void tell())
process.once('disconnect', () => void engine.stop())
await engine.start()
