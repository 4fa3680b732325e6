import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { GatehouseError, messageOf } from '../../shared/errors.ts'
import { createLogger, type Logger } from '../log.ts'
import type { Config } from './config-schema.ts'
import { createGate, type EngineRouter } from './gate.ts'

/** What a thread needs to know to run an engine. */
export interface EngineOptions {
  config: Config
  /** Where each setting that is not a default came from, by dotted name: shown beside the connections. */
  sources?: Readonly<Record<string, string>>
  /** 32 bytes that seal saved passwords; null where the host has no safe place for a key: nothing is saved then. */
  secretKey: Uint8Array | null
  log: Logger
}

export interface Engine {
  router: EngineRouter
  /** Resolves once calls can be answered; stores that are away are tried again behind the scenes. */
  start(): Promise<void>
  /** Finishes what is under way and lets go of every store. */
  stop(): Promise<void>
}

export type ThreadData = Omit<EngineOptions, 'log'>

/** Host to thread. */
export type ThreadOrder = { type: 'connect'; port: MessagePort; peer: string } | { type: 'stop' }
/** Thread to host. */
export type ThreadReport =
  | { type: 'ready' }
  | { type: 'failed'; code: GatehouseError['code']; message: string; details: GatehouseError['details'] }
  | { type: 'stopped' }

/** Runs an engine in this worker thread, as its host orders (spawn.ts), until it is told to stop. */
export async function runEngineThread(createEngine: (options: EngineOptions) => Engine): Promise<void> {
  const host = parentPort
  if (host === null) throw new Error('The engine runs in a worker thread: start it with spawnEngine.')
  const report = (message: ThreadReport) => host.postMessage(message)
  const { config, sources, secretKey } = workerData as ThreadData
  const log = createLogger('engine', config.log.level)
  try {
    const engine = createEngine({ config, sources, secretKey, log })
    const gate = createGate(engine.router, log)
    await engine.start()
    host.on('message', (order: ThreadOrder) => {
      if (order.type === 'connect') {
        gate.admit(order.port, order.peer)
        return
      }
      gate.closeAll()
      engine
        .stop()
        .catch((err: unknown) => log.error({ err }, 'the engine did not stop cleanly'))
        .finally(() => {
          report({ type: 'stopped' })
          host.close()
        })
    })
    report({ type: 'ready' })
  } catch (error) {
    const { code, details } = error instanceof GatehouseError ? error : { code: 'INTERNAL' as const, details: {} }
    log.error({ err: error }, 'the engine did not start')
    report({ type: 'failed', code, message: messageOf(error), details })
  }
}
