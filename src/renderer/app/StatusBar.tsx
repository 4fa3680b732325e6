import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ConnectionState, LeadershipState } from '../../shared/model/system.ts'
import { useLive, useNow } from '../api/live.ts'
import { Icon } from '../components/Icon.tsx'
import { Mark } from '../components/Mark.tsx'
import { connectionTone } from '../components/tones.ts'
import { formatBytes, formatDuration, formatNumber } from '../text/format.ts'
import { leadWords } from '../text/lead.ts'
import { feedWords } from './feed-words.ts'
import { jobs } from './jobs.ts'
import { useStore } from './store.ts'
import classes from './StatusBar.module.css'

/** Whether what is on the screen can be believed: connections, lag, age, and what is running. */
export function StatusBar() {
  const status = useLive((view) => view.status)
  const feed = useLive((view) => view.feed)
  const nowMs = useNow()
  const running = useStore(jobs)
  const { tone, words } = feedWords(feed, status === null ? null : Math.max(0, nowMs - status.at.getTime()))
  return (
    <footer className={classes.bar} aria-label="Status">
      {status !== null && (
        <>
          <Connection name="Redis" state={status.redis} />
          <Connection name="PostgreSQL" state={status.postgres} />
          <Item
            tip={`${formatNumber(status.cache.events)} events, ${formatBytes(status.cache.bytes)} kept on this computer`}
          >
            <Mark tone={status.cache.status === 'open' ? 'ok' : 'none'}>Cache {status.cache.status}</Mark>
          </Item>
          <Lead state={status.leadership} />
          <Item tip="From the push of the oldest waiting event until now">
            Sync lag {status.syncLagMs === null ? 'unknown' : formatDuration(status.syncLagMs)}
          </Item>
        </>
      )}
      <Item tip="Age of the numbers on the screen">
        <Mark tone={tone}>{words}</Mark>
      </Item>
      <span className={classes.space} />
      {running.map((job) => (
        <button key={job.id} type="button" className={classes.job} onClick={job.open}>
          <Mark tone="busy">
            {job.label} {formatNumber(job.done)}
            {job.total !== null && ` of ${formatNumber(job.total)}`}
          </Mark>
        </button>
      ))}
      {status?.readOnly && (
        <Item tip="Nothing can be revoked, re-queued or discarded here">
          <span className={classes.lock}>
            <Icon name="lock" size={12} />
            Read-only
          </span>
        </Item>
      )}
    </footer>
  )
}

const Item = ({ tip, children }: { tip: string; children: ReactNode }) => (
  <Tooltip label={tip}>
    <span className={classes.item}>{children}</span>
  </Tooltip>
)

function Lead({ state }: { state: LeadershipState }) {
  const { short, long } = leadWords(state)
  return (
    <Item tip={long}>
      <Mark tone={state.leader === null ? 'none' : 'ok'}>{short}</Mark>
    </Item>
  )
}

function Connection({ name, state }: { name: string; state: ConnectionState }) {
  const { status, target, reason, server } = state
  return (
    <Item tip={[target, server, reason].filter(Boolean).join(' · ') || `${name}: not set`}>
      <Mark tone={connectionTone[status]}>
        {name} {status}
      </Mark>
    </Item>
  )
}
