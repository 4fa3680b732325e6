/** The row that a key leads to from row `at`; null for a key that moves nothing. */
export function stepOf(
  { key, ctrlKey, metaKey, altKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  { at, page, count }: { at: number; page: number; count: number },
): number | null {
  if (ctrlKey || metaKey || altKey || count === 0) return null
  const steps: Readonly<Record<string, number>> = {
    j: at + 1,
    ArrowDown: at + 1,
    k: at - 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  }
  // With Shift a letter comes as a capital.
  const to = steps[key.length === 1 ? key.toLowerCase() : key]
  return to === undefined ? null : Math.min(count - 1, Math.max(0, to))
}
