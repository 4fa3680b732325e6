import { useCallback } from 'react'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { useEngine } from '../../api/engine.ts'
import type { FetchPage } from '../../api/keyset-list.ts'
import { useLive } from '../../api/live.ts'
import { preferences } from '../../app/preferences.ts'
import { usePlace } from '../../app/router.ts'
import { useSearch } from '../../app/use-search.ts'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { ListPage } from '../../components/ListPage.tsx'
import { formatCount } from '../../text/format.ts'
import { eventColumns } from './event-columns.tsx'
import { eventKey } from './event-key.ts'
import { EventDrawer } from './EventDrawer.tsx'
import { useTail } from './use-tail.ts'

const pageSize = 200
const waiting = (behind: number) => (behind > 0 ? formatCount(behind, 'new event') : null)

/** Stored events, newest first, and those that are being stored. */
export function EventsPage() {
  const { client } = useEngine()
  const { row: openKey, query } = usePlace()
  const search = useSearch()
  const isFollowing = useLive((view) => view.feed === 'live')
  const stored = useTail(search, isFollowing)

  const fetchPage = useCallback<FetchPage<AuditEvent>>(
    (after, signal) => client.events.search({ query: search, limit: pageSize, cursor: after }, { signal }),
    [client, search],
  )
  return (
    <ListPage
      label="Events"
      one="event"
      source="events"
      columns={eventColumns}
      layout={preferences.eventColumns}
      idOf={eventKey}
      search={search}
      fetchPage={fetchPage}
      pulse={stored}
      waiting={waiting}
      empty={<NoEvents isSearch={query !== ''} />}
    >
      {openKey !== null && <EventDrawer key={openKey} eventKeyText={openKey} />}
    </ListPage>
  )
}

const NoEvents = ({ isSearch }: { isSearch: boolean }) => (
  <EmptyNote title={isSearch ? 'No event matches' : 'No events in this time'}>
    {isSearch
      ? 'Widen the search or the time range at the top right.'
      : 'Choose a longer time range at the top right, or wait for the application to send some.'}
  </EmptyNote>
)
