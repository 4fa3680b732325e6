import type { Alert } from '../../../../shared/model/alert.ts'
import type { TriageRefusal } from '../../../../shared/model/triage.ts'
import { createStore } from '../../../app/store.ts'

/** Acts that ask for words first. */
export type WordedAct = 'close' | 'reopen' | 'comment' | 'assign'

/** What is being asked, and of which alerts. */
export const triaging = createStore<{ readonly act: WordedAct; readonly alerts: readonly Alert[] } | null>(null)

export type TriageOutcome =
  | { readonly state: 'done'; readonly words: string; readonly refused: readonly TriageRefusal[] }
  | { readonly state: 'failed'; readonly error: unknown }

/** How the last act ended; null once it was read. */
export const triaged = createStore<TriageOutcome | null>(null)
