import { useLive, useNow } from '../api/live.ts'
import type { LinkState } from '../api/port.ts'
import { Mark, type Tone } from '../components/Mark.tsx'
import { formatAge } from '../text/format.ts'
import { useStore, type Store } from './store.ts'
import classes from './Frame.module.css'

/** What is wrong with everything at once, and what still works. */
export function Banners({ link }: { link: Store<LinkState> }) {
  const linkState = useStore(link)
  const postgres = useLive((view) => view.status?.postgres)
  const redis = useLive((view) => view.status?.redis)
  const newestAt = useLive((view) => view.status?.cache.newestAt ?? null)
  const nowMs = useNow()
  if (linkState !== 'connected') {
    return (
      <Banner tone="critical" title="The connection to the engine is gone.">
        What is on the screen stays and grows old. It is tried again by itself; nothing has to be restarted.
      </Banner>
    )
  }
  if (postgres === undefined || redis === undefined) return null
  if (postgres.status === 'off') {
    return (
      <Banner tone="warning" title="No PostgreSQL is set.">
        Give its address in the <a href="#/settings">settings</a>: without it nothing is stored.
      </Banner>
    )
  }
  if (postgres.status !== 'connected' && (postgres.status === 'down' || postgres.attempt > 0)) {
    return (
      <Banner tone="warning" title="Offline: PostgreSQL is not reachable.">
        You are reading the cache of this computer
        {newestAt === null ? ', which is empty' : `, whose newest event came ${formatAge(newestAt, nowMs)}`}. Searching,
        reading and exporting go on with what it holds; revoking and re-queueing wait for the connection.{' '}
        {postgres.reason !== null && <span className={classes.reason}>{postgres.reason}</span>}
      </Banner>
    )
  }
  if (redis.status === 'off') {
    return (
      <Banner tone="warning" title="No Redis is set.">
        Give its address in the <a href="#/settings">settings</a>: without it no session is seen.
      </Banner>
    )
  }
  if (redis.status === 'down') {
    return (
      <Banner tone="warning" title="Redis is not reachable.">
        Live sessions and queues stand still, and nothing can be revoked. What is stored stays readable.{' '}
        {redis.reason !== null && <span className={classes.reason}>{redis.reason}</span>}
      </Banner>
    )
  }
  return null
}

const Banner = ({ tone, title, children }: { tone: Tone; title: string; children: React.ReactNode }) => (
  <div role="status" className={classes.banner} data-tone={tone}>
    <strong>
      <Mark tone={tone}>{title}</Mark>
    </strong>
    <span>{children}</span>
  </div>
)
