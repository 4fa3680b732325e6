import type { BacktestProof, ProofCheckInput, ProofVerdict } from '../../../../../shared/model/backtest.ts'
import type { Engine } from '../../../../api/engine.ts'
import { pageAt } from '../../../../app/place.ts'
import { goTo } from '../../../../app/router.ts'
import { createStore } from '../../../../app/store.ts'
import { followRun, type Run } from '../backtest/follow-run.ts'

/** The proof that is looked at. */
export const proving = createStore<{ readonly proof: BacktestProof | null; readonly isOpen: boolean } | null>(null)
/** Its run, or how that ended. */
export const verification = createStore<Run<ProofVerdict> | null>(null)

/** Looks at a proof, or asks for one. A run goes on, and is what is shown. */
export function askProof(proof: BacktestProof | null): void {
  if (verification.get()?.state === 'running') {
    proving.set((now) => (now === null ? null : { ...now, isOpen: true }))
    return
  }
  verification.set(null)
  proving.set({ proof, isOpen: true })
}

export const closeProof = () => proving.set((now) => (now === null ? null : { ...now, isOpen: false }))

function reopen(): void {
  goTo(pageAt('alerts', { tab: 'rules' }))
  proving.set((now) => (now === null ? null : { ...now, isOpen: true }))
}

export const runProof = ({ client }: Pick<Engine, 'client'>, input: ProofCheckInput): Promise<void> =>
  followRun({
    store: verification,
    job: { id: 'proof', label: 'Proof:', open: reopen },
    start: (signal) => client.rules.verify(input, { signal }),
    outcomeOf: ({ verdict }) => verdict,
  })
