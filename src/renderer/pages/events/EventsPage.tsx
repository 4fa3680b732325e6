import { useCallback, useState } from 'react'
import type { AuditEvent } from '../../../shared/model/event.ts'
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
import { formatCount } from '../../text/format.ts'
import { eventColumns } from './event-columns.tsx'
import { eventKey } from './event-key.ts'
import { EventDrawer } from './EventDrawer.tsx'
import { useTail } from './use-tail.ts'
import split from '../../components/Split.module.css'

const pageSize = 200

/** Stored events, newest first, and those that are being stored. */
export function EventsPage() {
  const { client } = useEngine()
  const { row: openKey, query } = usePlace()
  const search = useSearch()
  const [cursor, setCursor] = useState(0)
  const [isAway, setAway] = useState(false)
  const [jumps, setJumps] = useState(0)
  const isFollowing = useLive((view) => view.feed === 'live')
  const isHeld = isAway || openKey !== null
  const stored = useTail(search, isFollowing)

  const fetchPage = useCallback<FetchPage<AuditEvent>>(
    (after, signal) => client.events.search({ query: search, limit: pageSize, cursor: after }, { signal }),
    [client, search],
  )
  const { source, view, retry, refresh, behind, onPoint } = useLiveList(fetchPage, stored, isHeld)

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
          one="event"
          waiting={behind > 0 && isHeld ? formatCount(behind, 'new event') : null}
          onShow={toTop}
        >
          <ColumnMenu columns={eventColumns} layout={preferences.eventColumns} />
          <ExportButton source="events" query={search} />
        </ListBar>
        {view.error !== null && <ErrorNote error={view.error} onRetry={retry} />}
        <Grid
          key={`${search} ${jumps}`}
          label="Events"
          columns={eventColumns}
          layout={preferences.eventColumns}
          source={source}
          idOf={eventKey}
          cursor={cursor}
          onCursor={setCursor}
          openId={openKey}
          onOpen={(event) => moveTo({ row: eventKey(event) }, { replace: openKey !== null })}
          onScrolled={setAway}
          onPoint={onPoint}
          empty={view.error === null && <NoEvents isSearch={query !== ''} />}
        />
      </div>
      {openKey !== null && <EventDrawer key={openKey} eventKeyText={openKey} />}
    </div>
  )
}

const NoEvents = ({ isSearch }: { isSearch: boolean }) => (
  <EmptyNote title={isSearch ? 'No event matches' : 'No events in this time'}>
    {isSearch
      ? 'Widen the search or the time range at the top right.'
      : 'Choose a longer time range at the top right, or wait for the application to send some.'}
  </EmptyNote>
)
