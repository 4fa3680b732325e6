import { useCallback, useState } from 'react'
import { SessionId } from '../../../shared/model/ids.ts'
import type { Session } from '../../../shared/model/session.ts'
import { useEngine } from '../../api/engine.ts'
import type { FetchPage } from '../../api/keyset-list.ts'
import { useLive } from '../../api/live.ts'
import { useLiveList } from '../../api/use-live-list.ts'
import { preferences } from '../../app/preferences.ts'
import { moveTo, usePlace } from '../../app/router.ts'
import { useSearch } from '../../app/use-search.ts'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { ExportButton } from '../../components/export/ExportButton.tsx'
import { ColumnMenu } from '../../components/grid/ColumnMenu.tsx'
import { Grid } from '../../components/grid/Grid.tsx'
import { ListBar } from '../../components/ListBar.tsx'
import { sessionColumns } from './session-columns.tsx'
import { SessionDrawer } from './SessionDrawer.tsx'
import split from '../../components/Split.module.css'

const pageSize = 200
/** The row of a link that was written by hand may be no id at all. */
const OpenSession = SessionId.nullable().catch(null)
const idOf = ({ sessionId }: Session) => sessionId

/** Live and past sessions: search, look, act. */
export function SessionsPage() {
  const { client } = useEngine()
  const { row: openId, query } = usePlace()
  const openSession = OpenSession.parse(openId)
  const search = useSearch()
  const [cursor, setCursor] = useState(0)
  const [isAway, setAway] = useState(false)
  const [jumps, setJumps] = useState(0)
  const revision = useLive((view) => view.status?.revisions.sessions ?? 0)

  const fetchPage = useCallback<FetchPage<Session>>(
    (after, signal) => client.sessions.search({ query: search, limit: pageSize, cursor: after }, { signal }),
    [client, search],
  )
  const { source, view, retry, refresh, behind, onPoint } = useLiveList(fetchPage, revision, isAway || openId !== null)

  // A grid that is made anew stands at its top.
  const toTop = () => {
    setCursor(0)
    setJumps(jumps + 1)
    refresh()
  }

  return (
    <div className={split.split}>
      <div className={split.list}>
        <ListBar
          view={view}
          one="session"
          waiting={behind !== 0 && (isAway || openId !== null) ? 'Changes wait' : null}
          onShow={toTop}
        >
          <ColumnMenu columns={sessionColumns} layout={preferences.sessionColumns} />
          <ExportButton source="sessions" query={search} />
        </ListBar>
        {view.error !== null && <ErrorNote error={view.error} onRetry={retry} />}
        <Grid
          key={`${search} ${jumps}`}
          label="Sessions"
          columns={sessionColumns}
          layout={preferences.sessionColumns}
          source={source}
          idOf={idOf}
          cursor={cursor}
          onCursor={setCursor}
          openId={openId}
          onOpen={(session) => moveTo({ row: session.sessionId }, { replace: openId !== null })}
          onScrolled={setAway}
          onPoint={onPoint}
          empty={view.error === null && <NoSessions isSearch={query !== ''} />}
        />
      </div>
      {openSession !== null && <SessionDrawer key={openSession} sessionId={openSession} />}
    </div>
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
