import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import { GatehouseError, messageOf } from '../../../../shared/errors.ts'
import type { BacktestInput, BacktestMessage } from '../../../../shared/model/backtest.ts'

/** What the thread of a back-test says. */
export type BacktestReport =
  | BacktestMessage
  | { kind: 'failed'; code: GatehouseError['code']; message: string; details: GatehouseError['details'] }

export interface Backtests {
  /**
   * @throws GatehouseError RATE_LIMITED while another one runs, and whatever the back-test fails with
   */
  run(input: BacktestInput, signal: AbortSignal): AsyncGenerator<BacktestMessage, void, void>
}

/** A million active users take a third of it. */
const maxHeapMb = 2_048

/**
 * Runs back-tests, one at a time, each in a thread of its own. Whoever stops listening ends it.
 * @param workerFile the thread's entry
 * @param taskOf what the thread is given
 */
export function createBacktests(workerFile: string, taskOf: (input: BacktestInput) => unknown): Backtests {
  let running = false

  async function* run(input: BacktestInput, signal: AbortSignal): AsyncGenerator<BacktestMessage, void, void> {
    if (running) {
      throw new GatehouseError('RATE_LIMITED', 'A back-test is running: wait until it has ended, or end it.')
    }
    running = true
    try {
      yield* listen(new Worker(workerFile, { workerData: taskOf(input), name: 'backtest', resourceLimits }), signal)
    } finally {
      running = false
    }
  }
  return { run }
}

const resourceLimits = { maxOldGenerationSizeMb: maxHeapMb }

async function* listen(worker: Worker, signal: AbortSignal): AsyncGenerator<BacktestMessage, void, void> {
  try {
    for await (const [report] of on(worker, 'message', { signal, close: ['exit'] }) as AsyncIterable<
      [BacktestReport]
    >) {
      if (report.kind === 'failed') throw new GatehouseError(report.code, report.message, report.details)
      yield report
      if (report.kind === 'result') return
    }
    throw new GatehouseError('INTERNAL', 'The back-test ended without a result.')
  } catch (error) {
    if (error instanceof GatehouseError || signal.aborted) throw error
    throw new GatehouseError('INTERNAL', `The back-test ended: ${messageOf(error)}`, {}, { cause: error })
  } finally {
    await worker.terminate()
  }
}
