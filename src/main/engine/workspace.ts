import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { GatehouseError, messageOf } from '../../shared/errors.ts'
import type { Logger } from '../log.ts'
import type { Config } from './config-schema.ts'
import type { LoadedConfig } from './config.ts'

/** What the sample workspace's thread says (src/main/sample/worker.ts). */
type SampleReport =
  | { type: 'ready'; redisUrl: string; postgresUrl: string }
  | { type: 'failed'; message: string }
  | { type: 'problem'; message: string }
  | { type: 'stopped' }

export interface Workspace {
  config: Config
  /** Ends what was started for it; call it after the engine has stopped. */
  stop(): Promise<void>
}

const stopTimeoutMs = 20_000

/**
 * The one place that decides what an engine works on: the servers that are configured, or, where there are none or
 * `sample` asks for it, the sample workspace, which is started for it. Rejects with what the user has to do about it.
 */
export async function openWorkspace(loaded: LoadedConfig, sample: boolean, log: Logger): Promise<Workspace> {
  const { config, configured } = loaded
  if (configured && !sample) return { config, stop: () => Promise.resolve() }
  const { redisUrl, postgresUrl, stop } = await startSample(config.home, log)
  return {
    config: {
      ...config,
      workspace: { ...config.workspace, name: 'Sample workspace', kind: 'sample' },
      redis: { ...config.redis, url: redisUrl },
      postgres: { ...config.postgres, url: postgresUrl },
      // Its history of some hours is pushed at once: one worker stores it in its order, which the watcher can follow.
      queue: { ...config.queue, workers: 1 },
    },
    stop,
  }
}

/** Beside this file in the build, in its own folder in the sources. */
function sampleFile(): string {
  return path.extname(import.meta.filename) === '.ts'
    ? path.join(import.meta.dirname, '..', 'sample', 'worker.ts')
    : path.join(import.meta.dirname, 'sample.js')
}

async function startSample(home: string, log: Logger) {
  log.info('starting the sample workspace')
  const worker = new Worker(sampleFile(), { workerData: { home }, name: 'sample' })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const { promise: started, resolve, reject } = Promise.withResolvers<{ redisUrl: string; postgresUrl: string }>()
  const fail = (reason: string) => {
    const message = `Nothing is configured, and the sample workspace did not start: ${reason}`
    reject(new GatehouseError('INTERNAL', message))
  }
  worker.on('message', (report: SampleReport) => {
    if (report.type === 'ready') resolve(report)
    else if (report.type === 'failed') fail(report.message)
    else if (report.type === 'problem') log.warn(`the sample workspace: ${report.message}`)
  })
  worker.on('error', (error) => {
    log.error({ err: error }, 'the sample workspace stopped unexpectedly')
    fail(messageOf(error))
  })
  const stop = async () => {
    worker.postMessage({ type: 'stop' })
    const late = new Promise<void>((done) => setTimeout(done, stopTimeoutMs).unref())
    await Promise.race([exited, late])
    await worker.terminate()
  }
  try {
    return { ...(await started), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
