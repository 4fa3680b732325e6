import type { EngineClient } from '../../shared/contract/index.ts'
import type { LiveStatus, Sample } from '../../shared/model/system.ts'
import { createStore, type Store } from '../app/store.ts'
import { subscribe } from './subscription.ts'

/** Why the numbers on the screen do not move, or `live`. */
export type FeedState = 'waiting' | 'live' | 'paused' | 'hidden' | 'broken'

export interface LiveView {
  readonly feed: FeedState
  /** How often the stream was opened: what came in between is missing from the samples. */
  readonly opened: number
  /** What the engine said last; null until it has said anything. */
  readonly status: LiveStatus | null
  /** Samples since the page was opened, oldest first; a new array whenever one is added. */
  readonly samples: readonly Sample[]
  readonly error: unknown
}

/** One sample a second: six hours. */
const maxSamples = 21_600

export interface LiveFeed {
  readonly view: Store<LiveView>
  /** The reader's own switch. A hidden page pauses by itself. */
  setPaused(paused: boolean): void
}

/** The one subscription to `system.live`: everything that moves by itself on the screen comes through it. */
export function createLiveFeed(client: EngineClient, document: Document): LiveFeed {
  const view = createStore<LiveView>({ feed: 'waiting', opened: 0, status: null, samples: [], error: null })
  let paused = false
  let stop: (() => void) | null = null

  const onValue = (status: LiveStatus) =>
    view.set(({ feed, opened, samples }) => ({
      feed: 'live',
      opened: feed === 'live' ? opened : opened + 1,
      status,
      samples: withSample(samples, status.sample),
      error: null,
    }))
  const onBroken = (error: unknown) => view.set((now) => ({ ...now, feed: 'broken', error }))

  const update = () => {
    const quiet = quietState(paused, document.hidden)
    if (quiet === null) {
      if (stop !== null) return
      view.set((now) => ({ ...now, feed: 'waiting' }))
      stop = subscribe(() => client.system.live(), { onValue, onBroken })
      return
    }
    stop?.()
    stop = null
    view.set((now) => (now.feed === quiet ? now : { ...now, feed: quiet }))
  }
  document.addEventListener('visibilitychange', update)
  update()
  return {
    view,
    setPaused: (next) => {
      paused = next
      update()
    },
  }
}

function quietState(paused: boolean, hidden: boolean): 'paused' | 'hidden' | null {
  if (paused) return 'paused'
  return hidden ? 'hidden' : null
}

/** Adds a sample unless it is the one that is there: the engine tells of other changes in between. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last !== undefined && last.atMs >= sample.atMs) return samples
  return [...samples.slice(samples.length >= maxSamples ? 1 : 0), sample]
}
