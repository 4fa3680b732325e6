import type { Reason, RevocationPlan, RevocationTarget, SessionOutcome } from '../../../../shared/model/revocation.ts'
import { createStore } from '../../../app/store.ts'

/**
 * A revocation from its plan to its outcomes. It lives beside the pages: it goes on while the reader looks elsewhere, and
 * the status bar leads back to it.
 */
export type RevokeState =
  | { readonly step: 'plan'; readonly target: RevocationTarget }
  | {
      readonly step: 'run'
      readonly plan: RevocationPlan
      readonly reason: Reason
      readonly done: number
      readonly total: number
      readonly outcomes: readonly SessionOutcome[]
      readonly state: 'running' | 'done' | 'failed'
      readonly error: unknown
    }

export type RunState = Extract<RevokeState, { step: 'run' }>

export interface RevokeView {
  readonly isOpen: boolean
  readonly current: RevokeState | null
}

const view = createStore<RevokeView>({ isOpen: false, current: null })

const isRunning = (current: RevokeState | null) => current?.step === 'run' && current.state === 'running'

export const revoking = {
  view,
  /** Opens the plan for a target; while one is running it is shown instead: one at a time. */
  plan: (target: RevocationTarget) =>
    view.set(({ current }) => ({ isOpen: true, current: isRunning(current) ? current : { step: 'plan', target } })),
  show: () => view.set((now) => ({ ...now, isOpen: now.current !== null })),
  /** What runs goes on; what is over is forgotten. */
  close: () => view.set(({ current }) => ({ isOpen: false, current: isRunning(current) ? current : null })),
  run: (run: RunState) => view.set((now) => ({ ...now, current: run })),
  update: (change: Partial<RunState>) =>
    view.set((now) => (now.current?.step === 'run' ? { ...now, current: { ...now.current, ...change } } : now)),
}
