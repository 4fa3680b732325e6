import { useCallback } from 'react'
import { SessionId } from '../../../shared/model/ids.ts'
import type { Session } from '../../../shared/model/session.ts'
import { useEngine } from '../../api/engine.ts'
import type { FetchPage } from '../../api/keyset-list.ts'
import { useLive } from '../../api/live.ts'
import { preferences } from '../../app/preferences.ts'
import { usePlace } from '../../app/router.ts'
import { useSearch } from '../../app/use-search.ts'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { ListPage } from '../../components/ListPage.tsx'
import { sessionColumns } from './session-columns.tsx'
import { SessionDrawer } from './SessionDrawer.tsx'

const pageSize = 200
/** The row of a link that was written by hand may be no id at all. */
const OpenSession = SessionId.nullable().catch(null)
const idOf = ({ sessionId }: Session) => sessionId
const waiting = (behind: number) => (behind !== 0 ? 'Changes wait' : null)

/** Live and past sessions: search, look, act. */
export function SessionsPage() {
  const { client } = useEngine()
  const { row: openId, query } = usePlace()
  const openSession = OpenSession.parse(openId)
  const search = useSearch()
  const revision = useLive((view) => view.status?.revisions.sessions ?? 0)

  const fetchPage = useCallback<FetchPage<Session>>(
    (after, signal) => client.sessions.search({ query: search, limit: pageSize, cursor: after }, { signal }),
    [client, search],
  )
  return (
    <ListPage
      label="Sessions"
      one="session"
      source="sessions"
      columns={sessionColumns}
      layout={preferences.sessionColumns}
      idOf={idOf}
      search={search}
      fetchPage={fetchPage}
      pulse={revision}
      waiting={waiting}
      empty={<NoSessions isSearch={query !== ''} />}
    >
      {openSession !== null && <SessionDrawer key={openSession} sessionId={openSession} />}
    </ListPage>
  )
}

const NoSessions = ({ isSearch }: { isSearch: boolean }) =>
  isSearch ? (
    <EmptyNote title="No session matches">
      Widen the search or the time range. Ended sessions stay searchable; sessions that were never mirrored are not
      here.
    </EmptyNote>
  ) : (
    <EmptyNote title="No sessions yet">
      They appear as soon as the mirror has read Redis. If none come, look at the key prefixes and the connection in the{' '}
      <a href="#/settings">settings</a>.
    </EmptyNote>
  )
