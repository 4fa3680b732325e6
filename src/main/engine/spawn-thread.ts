import { getHeapStatistics } from 'node:v8'
import { Worker, type MessagePort } from 'node:worker_threads'
import { GatehouseError, messageOf } from '../../shared/errors.ts'
import type { ThreadData, ThreadOrder, ThreadReport } from './thread.ts'

/** How long an engine may take to finish what is under way before its thread is ended. */
const stopTimeoutMs = 15_000

/** One life of the engine's thread. */
export interface EngineThread {
  connect(port: MessagePort, peer: string): void
  stop(): Promise<void>
}

/**
 * Limits of the heap of the engine's thread. They are for how V8 collects, not for what the engine may hold: a drain leaves
 * much garbage, and none of it is old.
 *
 * - The young generation is for what lives as long as a batch, three times 8 MB (V8 divides it so). With its own choice V8
 *   takes 100 MB more for the same work.
 * - A heap that may grow to 2 GB or more V8 lets grow to four times what lives in it before it collects, a smaller one to
 *   twice that (`MaxGrowingFactor` of V8's memory controller): 60 MB less. It is many times what a million sessions need.
 *   Where V8 itself would allow less, because the machine has less, that holds.
 */
export const heapLimits = {
  maxYoungGenerationSizeMb: 24,
  maxOldGenerationSizeMb: Math.min(1_920, Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20)),
}

/**
 * Starts a thread and resolves once its engine answers calls; rejects with the error that kept it from starting.
 * `onExit` is called if the thread ends after that, asked to or not.
 */
export async function startThread(
  file: string,
  data: ThreadData,
  onExit: (reason: string) => void,
): Promise<EngineThread> {
  const worker = new Worker(file, {
    workerData: data,
    name: 'engine',
    resourceLimits: heapLimits,
  })
  let reason: string | null = null
  worker.on('error', (error) => {
    reason = messageOf(error)
  })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const report = await Promise.race([
    new Promise<ThreadReport>((resolve) => worker.once('message', resolve)),
    exited.then((): ThreadReport => {
      const message = `The engine's thread ended before it was ready: ${reason ?? 'no reason given'}`
      return { type: 'failed', code: 'INTERNAL', message, details: {} }
    }),
  ])
  if (report.type === 'failed') {
    await worker.terminate()
    throw new GatehouseError(report.code, report.message, report.details)
  }
  void exited.then(() => onExit(reason ?? 'the thread ended without an error'))

  const order = (message: ThreadOrder, transfer: MessagePort[] = []) => worker.postMessage(message, transfer)
  return {
    connect: (port, peer) => order({ type: 'connect', port, peer }, [port]),
    stop: async () => {
      order({ type: 'stop' })
      const deadline = AbortSignal.timeout(stopTimeoutMs)
      const late = new Promise<void>((resolve) => deadline.addEventListener('abort', () => resolve(), { once: true }))
      await Promise.race([exited, late])
      await worker.terminate()
    },
  }
}
