/** The same items in chunks of at most `size`; a page's last chunk may be smaller. */
export async function* chunked<Item>(
  pages: AsyncIterable<readonly Item[]> | Iterable<readonly Item[]>,
  size: number,
): AsyncGenerator<readonly Item[]> {
  for await (const page of pages) {
    for (let from = 0; from < page.length; from += size) yield page.slice(from, from + size)
  }
}

/**
 * Results of `work` on each item, in order, with one more under way while the caller deals with the last: so that the
 * store works while the engine does.
 */
export async function* ahead<Item, Result>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  let before: Promise<Result> | null = null
  for await (const item of items) {
    const next = work(item)
    // The caller may stop while this is under way, and then nobody else listens to how it fails.
    next.catch(() => undefined)
    if (before !== null) yield await before
    before = next
  }
  if (before !== null) yield await before
}
