import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import { GatehouseError, messageOf } from '../../../../shared/errors.ts'
import type {
  BacktestInput,
  BacktestMessage,
  ProofCheckInput,
  ProofCheckMessage,
} from '../../../../shared/model/backtest.ts'

interface Failure {
  kind: 'failed'
  code: GatehouseError['code']
  message: string
  details: GatehouseError['details']
}
/** What the thread of a back-test says. */
export type BacktestReport = BacktestMessage | ProofCheckMessage | Failure

type Messages<Message> = AsyncGenerator<Message, void, void>

/** Each call throws GatehouseError RATE_LIMITED while another one runs, and whatever the back-test fails with. */
export interface Backtests {
  run(input: BacktestInput, signal: AbortSignal): Messages<BacktestMessage>
  /** Runs what a proof says was run, and judges it. */
  verify(input: ProofCheckInput, signal: AbortSignal): Messages<ProofCheckMessage>
}

/**
 * A million active users take a third of the heap. What a rule remembers of an event lives for minutes of the past, which are
 * milliseconds here: with 64 MB for what is young (V8 divides it in three) a sixth less of the processor's time goes.
 */
const resourceLimits = { maxOldGenerationSizeMb: 2_048, maxYoungGenerationSizeMb: 192 }

/**
 * Runs back-tests, one at a time, each in a thread of its own. Whoever stops listening ends it.
 * @param workerFile the thread's entry
 * @param tasks what the thread is given
 */
export function createBacktests(
  workerFile: string,
  tasks: { run: (input: BacktestInput) => unknown; verify: (input: ProofCheckInput) => unknown },
): Backtests {
  let running = false

  async function* alone<Message extends BacktestReport>(task: () => unknown, signal: AbortSignal): Messages<Message> {
    if (running) {
      throw new GatehouseError('RATE_LIMITED', 'A back-test is running: wait until it has ended, or end it.')
    }
    running = true
    try {
      const worker = new Worker(workerFile, { workerData: task(), name: 'backtest', resourceLimits })
      yield* listen<Message>(worker, signal)
    } finally {
      running = false
    }
  }
  return {
    run: (input, signal) => alone<BacktestMessage>(() => tasks.run(input), signal),
    verify: (input, signal) => alone<ProofCheckMessage>(() => tasks.verify(input), signal),
  }
}

async function* listen<Message extends BacktestReport>(worker: Worker, signal: AbortSignal): Messages<Message> {
  try {
    for await (const [report] of on(worker, 'message', { signal, close: ['exit'] }) as AsyncIterable<
      [Message | Failure]
    >) {
      if (report.kind === 'failed') throw new GatehouseError(report.code, report.message, report.details)
      yield report
      // What is no progress is the outcome.
      if (report.kind !== 'progress') return
    }
    throw new GatehouseError('INTERNAL', 'The back-test ended without a result.')
  } catch (error) {
    if (error instanceof GatehouseError || signal.aborted) throw error
    throw new GatehouseError('INTERNAL', `The back-test ended: ${messageOf(error)}`, {}, { cause: error })
  } finally {
    await worker.terminate()
  }
}
