import type { LiveView } from './live-feed.ts'
import { useLive } from './live.ts'

export type Store = 'redis' | 'postgres'

const names = { redis: 'Redis', postgres: 'PostgreSQL' } as const

/** Why an act that needs these stores cannot be done now, in a sentence for the reader; null where it can. */
export function blockedBy(view: Pick<LiveView, 'status' | 'feed'>, needs: readonly Store[]): string | null {
  const { status, feed } = view
  if (status === null || feed === 'broken') return 'The engine is not connected. Wait until the connection is back.'
  if (status.readOnly) return 'This workspace is read-only. Open it with a profile that may act.'
  for (const store of needs) {
    const { status: connection, reason } = status[store]
    if (connection !== 'connected')
      return `${names[store]} is not connected${reason === null ? '' : `: ${reason.replace(/\.$/, '')}`}.`
  }
  return null
}

export const useActGate = (...needs: Store[]): string | null => useLive((view) => blockedBy(view, needs))
