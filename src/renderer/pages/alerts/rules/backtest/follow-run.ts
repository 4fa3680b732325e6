import type { BacktestProgress } from '../../../../../shared/model/backtest.ts'
import { endJob, putJob, type Job } from '../../../../app/jobs.ts'
import type { Store } from '../../../../app/store.ts'

/** How far a run of the engine is. */
export type RunProgress = Omit<BacktestProgress, 'kind'>

/** A run of the engine over events that are past: under way, or how it ended. */
export type Run<Outcome> =
  | (RunProgress & { readonly state: 'running'; readonly cancel: () => void })
  | { readonly state: 'done'; readonly outcome: Outcome }
  | { readonly state: 'cancelled' }
  | { readonly state: 'failed'; readonly error: unknown }

interface Followed<Message, Outcome> {
  readonly store: Store<Run<Outcome> | null>
  readonly job: Pick<Job, 'id' | 'label' | 'open'>
  readonly start: (signal: AbortSignal) => Promise<AsyncIterable<Message>>
  readonly outcomeOf: (message: Exclude<Message, BacktestProgress>) => Outcome
}

/** Starts a run, follows how far it is, and keeps how it ended. Leaving the stream cancels. */
export async function followRun<Message extends { readonly kind: string }, Outcome>(
  followed: Followed<Message | BacktestProgress, Outcome>,
): Promise<void> {
  const { store, job, start, outcomeOf } = followed
  const leaving = new AbortController()
  const cancel = () => leaving.abort()
  const progress = ({ events, alerts, fraction, remainingMs }: RunProgress) => {
    store.set({ state: 'running', events, alerts, fraction, remainingMs, cancel })
    const total = fraction === null || fraction === 0 ? null : Math.round(events / fraction)
    putJob({ ...job, done: events, total })
  }
  progress({ events: 0, alerts: 0, fraction: null, remainingMs: null })
  try {
    for await (const message of await start(leaving.signal)) {
      if (leaving.signal.aborted) break
      if (!isProgress(message)) {
        store.set({ state: 'done', outcome: outcomeOf(message as Exclude<Message, BacktestProgress>) })
        return
      }
      progress(message)
    }
    store.set({ state: 'cancelled' })
  } catch (error) {
    store.set(leaving.signal.aborted ? { state: 'cancelled' } : { state: 'failed', error })
  } finally {
    endJob(job.id)
  }
}

const isProgress = (message: { readonly kind: string }): message is BacktestProgress => message.kind === 'progress'
