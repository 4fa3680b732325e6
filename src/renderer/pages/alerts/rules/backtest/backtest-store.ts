import type { BacktestInput, BacktestResult } from '../../../../../shared/model/backtest.ts'
import type { RuleInfo } from '../../../../../shared/model/rule.ts'
import type { Engine } from '../../../../api/engine.ts'
import { endJob, putJob } from '../../../../app/jobs.ts'
import { pageAt } from '../../../../app/place.ts'
import { goTo } from '../../../../app/router.ts'
import { createStore } from '../../../../app/store.ts'

/** The rule that is asked about; null: all that are loaded. */
export interface Asked {
  readonly rule: RuleInfo | null
  readonly isOpen: boolean
}

export type BacktestRun =
  | {
      readonly state: 'running'
      readonly events: number
      readonly alerts: number
      readonly fraction: number | null
      readonly remainingMs: number | null
      readonly cancel: () => void
    }
  | { readonly state: 'done'; readonly result: BacktestResult }
  | { readonly state: 'cancelled' }
  | { readonly state: 'failed'; readonly error: unknown }

export const asked = createStore<Asked | null>(null)
/** The back-test under way, or how the last one of what is asked about ended. */
export const backtest = createStore<BacktestRun | null>(null)

const jobId = 'backtest'

/** Asks about a rule. One that runs goes on, and is what is shown: the engine runs one at a time. */
export function askBacktest(rule: RuleInfo | null): void {
  if (backtest.get()?.state !== 'running') {
    backtest.set(null)
    asked.set({ rule, isOpen: true })
    return
  }
  asked.set((now) => (now === null ? { rule, isOpen: true } : { ...now, isOpen: true }))
}

export const closeBacktest = () => asked.set((now) => (now === null ? null : { ...now, isOpen: false }))

function reopen(): void {
  goTo(pageAt('alerts', { tab: 'rules' }))
  asked.set((now) => (now === null ? null : { ...now, isOpen: true }))
}

/** Runs it, and follows how far it is. Leaving the stream cancels. */
export async function runBacktest({ client }: Pick<Engine, 'client'>, input: BacktestInput): Promise<void> {
  const leaving = new AbortController()
  const cancel = () => leaving.abort()
  const progress = (at: { events: number; alerts: number; fraction: number | null; remainingMs: number | null }) => {
    backtest.set({ state: 'running', ...at, cancel })
    const total = at.fraction === null || at.fraction === 0 ? null : Math.round(at.events / at.fraction)
    putJob({ id: jobId, label: 'Back-test:', done: at.events, total, open: reopen })
  }
  progress({ events: 0, alerts: 0, fraction: null, remainingMs: null })
  try {
    for await (const message of await client.rules.backtest(input, { signal: leaving.signal })) {
      if (leaving.signal.aborted) break
      if (message.kind === 'result') {
        backtest.set({ state: 'done', result: message.result })
        return
      }
      progress(message)
    }
    backtest.set({ state: 'cancelled' })
  } catch (error) {
    backtest.set(leaving.signal.aborted ? { state: 'cancelled' } : { state: 'failed', error })
  } finally {
    endJob(jobId)
  }
}
