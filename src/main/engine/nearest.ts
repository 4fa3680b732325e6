/** Levenshtein's distance: how many letters to add, drop or change. For short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [index, letter] of a.split('').entries()) {
    const next = [index + 1]
    for (let column = 0; column < b.length; column++) {
      const changed = (row[column] ?? 0) + (letter === b[column] ? 0 : 1)
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** The known word that somebody who typed `typed` most likely meant; null when none is near. */
export function nearest(typed: string, known: readonly string[]): string | null {
  const word = typed.slice(0, 40).toLowerCase()
  const extended = known.find((name) => word.length >= 2 && name.startsWith(word))
  if (extended !== undefined) return extended
  const scored = known.map((name) => ({ name, off: distance(word, name) })).toSorted((a, b) => a.off - b.off)
  const best = scored[0]
  return best !== undefined && best.off <= Math.max(1, Math.floor(best.name.length / 2)) ? best.name : null
}
