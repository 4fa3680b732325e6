import { createContext, use, useSyncExternalStore } from 'react'
import { useStorePart } from '../app/store.ts'
import type { LiveFeed, LiveView } from './live-feed.ts'

export const LiveContext = createContext<LiveFeed | null>(null)

export function useLiveFeed(): LiveFeed {
  const feed = use(LiveContext)
  if (feed === null) throw new Error('useLiveFeed belongs below LiveContext: see app/App.tsx')
  return feed
}

/** A part of what the engine says by itself; the component redraws when that part changes. */
export const useLive = <P>(select: (view: LiveView) => P): P => useStorePart(useLiveFeed().view, select)

let nowMs = Date.now()
const clock = {
  subscribe: (listener: () => void) => {
    const timer = setInterval(() => {
      nowMs = Date.now()
      listener()
    }, 1000)
    return () => clearInterval(timer)
  },
  get: () => nowMs,
}

/** The time in ms, anew every second: for ages. */
export const useNow = (): number => useSyncExternalStore(clock.subscribe, clock.get)
