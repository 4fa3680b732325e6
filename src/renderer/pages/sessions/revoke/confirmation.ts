/** The shortest reason that the contract takes. */
const minReason = 3

interface Confirmation {
  readonly code: string
  readonly text: string
  readonly typed: string
  readonly count: number
  readonly leftMs: number
}

/** What is still missing before a plan may be carried out, as a sentence; null where nothing is. */
export function missingFor({ code, text, typed, count, leftMs }: Confirmation): string | null {
  if (leftMs <= 0) return 'The plan is too old. Make a new one: sessions may have come or gone meanwhile.'
  if (code === '') return 'Choose a reason.'
  if (text.trim().length < minReason) return 'Say in a few words why.'
  if (count > 1 && typed.trim() !== String(count)) return `Type the number of sessions: ${count}.`
  return null
}
