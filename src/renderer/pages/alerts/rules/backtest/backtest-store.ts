import type { BacktestInput, BacktestResult } from '../../../../../shared/model/backtest.ts'
import type { RuleDraft, RuleInfo } from '../../../../../shared/model/rule.ts'
import type { Engine } from '../../../../api/engine.ts'
import { pageAt } from '../../../../app/place.ts'
import { goTo } from '../../../../app/router.ts'
import { createStore } from '../../../../app/store.ts'
import { followRun, type Run } from './follow-run.ts'

/** What a back-test can be of. */
export interface Question {
  readonly title: string
  /** The rules that can be chosen one by one. */
  readonly rules: readonly RuleInfo[]
  /** What all of them together are called; null where one has to be chosen. */
  readonly all: string | null
  /** The file as it is edited; null: the rules as they are loaded. */
  readonly draft: RuleDraft | null
}

export const asked = createStore<(Question & { readonly isOpen: boolean }) | null>(null)
/** The back-test under way, or how the last one of what is asked about ended. */
export const backtest = createStore<Run<BacktestResult> | null>(null)

const setOpen = (isOpen: boolean) => asked.set((now) => (now === null ? null : { ...now, isOpen }))

/** Asks about rules. A back-test that runs goes on, and is what is shown: the engine runs one at a time. */
export function askBacktest(question: Question): void {
  if (backtest.get()?.state === 'running') return setOpen(true)
  backtest.set(null)
  asked.set({ ...question, isOpen: true })
}

export const askBacktestOf = (rule: RuleInfo) =>
  askBacktest({ title: `Back-test: ${rule.title}`, rules: [rule], all: null, draft: null })

export const closeBacktest = () => setOpen(false)

function reopen(): void {
  goTo(pageAt('alerts', { tab: 'rules' }))
  setOpen(true)
}

export const runBacktest = ({ client }: Pick<Engine, 'client'>, input: BacktestInput): Promise<void> =>
  followRun({
    store: backtest,
    job: { id: 'backtest', label: 'Back-test:', open: reopen },
    start: (signal) => client.rules.backtest(input, { signal }),
    outcomeOf: ({ result }) => result,
  })
