import { parentPort, workerData } from 'node:worker_threads'
import { GatehouseError, messageOf } from '../../shared/errors.ts'
import { createLogger } from '../log.ts'
import { performBacktest, verifyBacktest, type BacktestHost, type BacktestWork } from './backtest.ts'
import type { BacktestReport } from './watch/backtest/backtests.ts'

/** One back-test in a thread of its own: it takes a processor for seconds, which the engine's thread cannot spare. */
const parent = parentPort
if (parent === null) throw new Error('A back-test runs in a worker thread of the engine.')
const report = (message: BacktestReport): void => parent.postMessage(message)
const work = workerData as BacktestWork
try {
  const host: BacktestHost = {
    // That it connects is of no interest each time.
    log: createLogger('backtest', work.task.config.log.level === 'silent' ? 'silent' : 'warn'),
    // The thread is ended when nobody waits for it any more.
    signal: new AbortController().signal,
    onProgress: report,
  }
  if (work.kind === 'run') report({ kind: 'result', result: (await performBacktest(work.task, host)).result })
  else report({ kind: 'verdict', verdict: await verifyBacktest(work.proof, work.task, host) })
} catch (error) {
  const { code, details } = error instanceof GatehouseError ? error : { code: 'INTERNAL' as const, details: {} }
  report({ kind: 'failed', code, message: messageOf(error), details })
}
