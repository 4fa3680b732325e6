import { useQuery } from '@tanstack/react-query'
import { useEngine } from '../../api/engine.ts'
import { useLive } from '../../api/live.ts'
import { Age, Moment } from '../../components/Age.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { Facts } from '../../components/Facts.tsx'
import { leadWords } from '../../text/lead.ts'
import classes from './Settings.module.css'

/** Which program this is, for whom it acts, and where it keeps what. */
export function About() {
  const { queries, host } = useEngine()
  const leadership = useLive((view) => view.status?.leadership)
  const { data, error, refetch } = useQuery(queries.system.info.queryOptions({ staleTime: Infinity }))
  return (
    <section className={classes.section} aria-labelledby="about">
      <h2 id="about">About</h2>
      {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <Facts
          facts={[
            ['Gatehouse', data.version],
            ['Workspace', `${data.workspace.name} (${data.workspace.kind})`],
            ['Acts as', data.actor],
            ['Rights', data.readOnly ? 'read-only' : 'may revoke, re-queue and discard'],
            [
              'Session ids',
              data.sessionIds === 'hmac' ? 'stored as HMAC-SHA-256, never in the clear' : 'stored in the clear',
            ],
            ['Home', <code key="home">{data.home}</code>],
            ['Runs in', host === 'desktop' ? 'its own window' : 'a browser'],
            ['Node', data.node],
            ['Started', <Age key="started" at={data.startedAt} />],
            ['Leader', leadership === undefined ? '–' : leadWords(leadership).long],
            ['Leads since', <Moment key="since" at={leadership?.since ?? null} />],
          ]}
        />
      )}
    </section>
  )
}
