import path from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { createORPCClient, DynamicLink, type ClientContext } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { backoffMs } from '../../shared/backoff.ts'
import type { EngineClient } from '../../shared/contract/index.ts'
import { GatehouseError, messageOf } from '../../shared/errors.ts'
import type { Logger } from '../log.ts'
import type { LoadedConfig } from './config.ts'
import { startThread, type EngineThread } from './spawn-thread.ts'
import type { ThreadData } from './thread.ts'
import { openWorkspace } from './workspace.ts'

export type { Config } from './config-schema.ts'
export { homeOf, loadConfig } from './config.ts'

export interface SpawnOptions extends ThreadData {
  log: Logger
  /** Entry of the thread. Left out: the worker.js that the build put beside this file, or worker.ts in the sources. */
  workerFile?: string
}

export interface WorkspaceOptions extends Pick<SpawnOptions, 'secretKey' | 'log'> {
  loaded: LoadedConfig
  /** Whatever is configured, the sample workspace. */
  sample: boolean
}

/** A running engine, as its host holds it. It is started again when its thread dies. */
export interface EngineHandle {
  /** A new connection. It closes when the thread ends. Throws ENGINE_UNAVAILABLE while the thread is being restarted. */
  connect(peer: string): MessagePort
  /** Calls from the host itself, over a connection that is opened when first needed and again after a crash. */
  client(peer: string): EngineClient
  /** Calls back each time the thread died, with the reason, before it is started again after `retryInMs`. */
  onCrash(listener: (reason: string, retryInMs: number) => void): void
  /** Lets the engine finish what is under way, and ends its thread in any case. */
  stop(): Promise<void>
}

/** A thread that lived this long was healthy: the next crash counts as the first. */
const healthyAfterMs = 60_000

/** Starts an engine on what is configured, or on the sample workspace (workspace.ts); stopping it stops both. */
export async function spawnWorkspace(options: WorkspaceOptions): Promise<EngineHandle> {
  const { loaded, sample, secretKey, log } = options
  const workspace = await openWorkspace(loaded, sample, log)
  try {
    const engine = await spawnEngine({ config: workspace.config, sources: loaded.sources, secretKey, log })
    const stop = async () => {
      try {
        await engine.stop()
      } finally {
        await workspace.stop()
      }
    }
    return { ...engine, stop }
  } catch (error) {
    await workspace.stop()
    throw error
  }
}

const defaultWorkerFile = () => path.join(import.meta.dirname, `worker${path.extname(import.meta.filename)}`)

/** Starts an engine in a worker thread. Rejects with the engine's own error if it cannot start at all. */
export async function spawnEngine({ log, workerFile, ...data }: SpawnOptions): Promise<EngineHandle> {
  const listeners = new Set<(reason: string, retryInMs: number) => void>()
  let crashes = 0
  let stopping = false
  let retry: NodeJS.Timeout | undefined

  const start = () => {
    const startedAt = performance.now()
    return startThread(workerFile ?? defaultWorkerFile(), data, (reason) => {
      thread = null
      if (stopping) return
      if (performance.now() - startedAt > healthyAfterMs) crashes = 0
      crashed(reason)
    })
  }
  const crashed = (reason: string) => {
    const retryInMs = backoffMs(++crashes)
    log.error({ reason, retryInMs }, 'the engine stopped unexpectedly; it is started again')
    for (const listener of listeners) listener(reason, retryInMs)
    retry = setTimeout(() => void restart(), retryInMs)
  }
  const restart = async () => {
    try {
      const started = await start()
      if (stopping) await started.stop()
      else thread = started
    } catch (error) {
      if (!stopping) crashed(messageOf(error))
    }
  }

  let thread: EngineThread | null = null
  thread = await start()

  const connect = (peer: string): MessagePort => {
    if (thread === null) {
      throw new GatehouseError('ENGINE_UNAVAILABLE', 'The engine is being started again. Try again in a moment.')
    }
    const { port1, port2 } = new MessageChannel()
    thread.connect(port2, peer)
    return port1
  }

  return {
    connect,
    client: (peer) => clientOver(() => connect(peer)),
    onCrash: (listener) => void listeners.add(listener),
    stop: async () => {
      stopping = true
      clearTimeout(retry)
      await thread?.stop()
    },
  }
}

function clientOver(open: () => MessagePort): EngineClient {
  let link: RPCLink<ClientContext> | null = null
  return createORPCClient(
    new DynamicLink(() => {
      if (link === null) {
        const port = open()
        port.on('close', () => {
          link = null
        })
        link = new RPCLink({ port })
        port.start()
      }
      return link
    }),
  )
}
