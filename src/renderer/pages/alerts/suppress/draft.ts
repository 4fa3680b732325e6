import type { Alert } from '../../../../shared/model/alert.ts'
import type { SuppressionDraft, SuppressionKind, SuppressionPreview } from '../../../../shared/model/suppression.ts'

export const kindWords: Readonly<Record<SuppressionKind, string>> = {
  user: 'User',
  address: 'Address, network or range',
  agent: 'User agent',
  network: 'Network or list',
  session: 'Session',
}

export const patternHints: Readonly<Record<SuppressionKind, string>> = {
  user: 'The id of the user.',
  address: '198.51.100.7, 198.51.100.0/24 or 198.51.100.1-198.51.100.9',
  agent: 'The agent; * stands for anything, ? for one character.',
  network: 'AS64500, or the name of a list.',
  session: 'The id as it is shown here, or as the application knows it.',
}

const dayMs = 86_400_000

/** How long it may last, in ms. */
export const lifetimes: readonly (readonly [words: string, ms: number])[] = [
  ['1 hour', dayMs / 24],
  ['1 day', dayMs],
  ['7 days', 7 * dayMs],
  ['30 days', 30 * dayMs],
  ['90 days', 90 * dayMs],
  ['a year', 365 * dayMs],
]

const kindOf: Readonly<Record<string, SuppressionKind>> = {
  user: 'user',
  ip: 'address',
  agent: 'agent',
  session: 'session',
}

export const blankDraft: SuppressionDraft = { kind: 'user', pattern: '', ruleId: null }

/** For the rule of an alert: a value of one of its events, or what the alert is about; null for what none goes by. */
export function draftFrom({ ruleId }: Pick<Alert, 'ruleId'>, field: string, value: string): SuppressionDraft | null {
  const kind = kindOf[field]
  return kind === undefined ? null : { kind, pattern: value, ruleId }
}

interface Wanted {
  readonly draft: SuppressionDraft
  readonly preview: SuppressionPreview | null
  readonly reason: string
  readonly forcedReason: string
}

/** What is still missing before it can be made; null where nothing is. */
export function missingFor({ draft, preview, reason, forcedReason }: Wanted): string | null {
  if (draft.pattern.trim() === '') return 'Say what is to be left out.'
  if (preview === null) return 'Look first what it would have hidden.'
  if (reason.trim().length < 3) return 'Say in a few words why: it goes on record.'
  if (preview.hiddenTrue > 0 && forcedReason.trim().length < 3) {
    return 'It would have hidden alerts that were closed as an attack: say why it is to be made all the same.'
  }
  return null
}
