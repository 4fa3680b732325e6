/** The same items in parts of at most `size`. */
export function partsOf<Item>(items: readonly Item[], size: number): (readonly Item[])[] {
  const parts: (readonly Item[])[] = []
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size))
  return parts
}

/**
 * Results of `work` on each item, in order: the next is under way while the caller deals with the last, so that the store
 * works while the engine does. Each begins when the one before has ended.
 */
export async function* ahead<Item, Result>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  let before: Promise<Result> | null = null
  for await (const item of items) {
    const next: Promise<Result> = before === null ? work(item) : before.then(() => work(item))
    // The caller may stop while this is under way, and then nobody else listens to how it fails.
    next.catch(() => undefined)
    if (before !== null) yield await before
    before = next
  }
  if (before !== null) yield await before
}
