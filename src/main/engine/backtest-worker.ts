import { parentPort, workerData } from 'node:worker_threads'
import { GatehouseError, messageOf } from '../../shared/errors.ts'
import { createLogger } from '../log.ts'
import { performBacktest, type BacktestTask } from './backtest.ts'
import type { BacktestReport } from './watch/backtest/backtests.ts'

/** One back-test in a thread of its own: it takes a processor for seconds, which the engine's thread cannot spare. */
const host = parentPort
if (host === null) throw new Error('A back-test runs in a worker thread of the engine.')
const report = (message: BacktestReport): void => host.postMessage(message)
const task = workerData as BacktestTask
try {
  const { result } = await performBacktest(task, {
    // That it connects is of no interest each time.
    log: createLogger('backtest', task.config.log.level === 'silent' ? 'silent' : 'warn'),
    // The thread is ended when nobody waits for it any more.
    signal: new AbortController().signal,
    onProgress: report,
  })
  report({ kind: 'result', result })
} catch (error) {
  const { code, details } = error instanceof GatehouseError ? error : { code: 'INTERNAL' as const, details: {} }
  report({ kind: 'failed', code, message: messageOf(error), details })
}
