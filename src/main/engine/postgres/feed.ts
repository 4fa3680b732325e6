import type { PoolClient } from 'pg'
import type { Database } from './database.ts'
import { feedBeginning, feedEnd, FeedPosition, readFeed, type FeedPage } from './read-feed.ts'
import { readSetting, settleSetting, writeSetting } from './settings.ts'

/** A reader of stored events whose place all engines on the store share, so that any of them can go on for it. */
export interface Feed {
  /**
   * The events after the committed place; the same again until the place is moved.
   * @param options `from`: that place, where the reader alone moves it and knows it; null where it does not
   */
  read(options: { limit: number; from?: FeedPosition | null }): Promise<FeedPage>
  /** Moves the place. With `tx` it moves if and only if what was made of the events is stored. */
  commit(position: FeedPosition, tx?: PoolClient): Promise<void>
  /** The committed place, or null for a reader that never read. */
  position(): Promise<FeedPosition | null>
}

/** @param from where a reader that never read starts: at the first event of the store, or with what comes from now on */
export function createFeed(db: Database, name: string, { from }: { from: 'beginning' | 'now' }): Feed {
  const setting = `feed:${name}`

  async function position(): Promise<FeedPosition | null> {
    const stored = await readSetting(db, setting)
    return stored === null ? null : FeedPosition.parse(stored)
  }

  /** Committed at once, by whoever is first: "now" must not be later when the first read finds nothing. */
  async function begin(): Promise<FeedPosition> {
    const place = from === 'now' ? await feedEnd(db) : feedBeginning
    return FeedPosition.parse(await settleSetting(db, setting, place))
  }

  return {
    position,
    read: async ({ limit, from: known = null }) => readFeed(db, known ?? (await position()) ?? (await begin()), limit),
    commit: (place, tx) => writeSetting(db, setting, place, tx),
  }
}
