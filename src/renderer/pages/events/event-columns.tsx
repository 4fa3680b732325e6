import type { AuditEvent } from '../../../shared/model/event.ts'
import { Moment } from '../../components/Age.tsx'
import type { GridColumn } from '../../components/grid/columns.ts'
import { dash, mono, originColumns } from '../../components/grid/origin-columns.tsx'
import { Mark } from '../../components/Mark.tsx'
import { eventTone } from '../../components/tones.ts'
import { formatDuration, shortId } from '../../text/format.ts'

export const eventColumns: readonly GridColumn<AuditEvent>[] = [
  { id: 'time', title: 'Time', width: 148, cell: ({ createdAt }) => <Moment at={createdAt} /> },
  {
    id: 'type',
    title: 'Type',
    width: 184,
    pivot: ({ type }) => type,
    cell: (event) => <Mark tone={eventTone(event)}>{event.type}</Mark>,
  },
  {
    id: 'user',
    title: 'User',
    width: 160,
    pivot: ({ userId }) => userId,
    cell: ({ userId, userEmail }) => userId ?? userEmail ?? dash,
  },
  ...originColumns,
  { id: 'about', title: 'What', width: 240, cell: (event) => <EventWords event={event} /> },
  { id: 'source', title: 'Source', width: 88, pivot: ({ source }) => source, cell: ({ source }) => source },
  {
    id: 'session',
    title: 'Session',
    width: 136,
    pivot: ({ sessionId }) => sessionId,
    cell: ({ sessionId }) => mono(sessionId === null ? null : shortId(sessionId)),
  },
  {
    id: 'category',
    title: 'Category',
    width: 88,
    pivot: ({ category }) => category,
    extra: true,
    cell: ({ category }) => category ?? dash,
  },
  {
    id: 'auth',
    title: 'Signed in by',
    width: 96,
    pivot: ({ authMethod }) => authMethod,
    extra: true,
    cell: ({ authMethod }) => authMethod ?? dash,
  },
  {
    id: 'email',
    title: 'E-mail',
    width: 184,
    pivot: ({ userEmail }) => userEmail,
    extra: true,
    cell: ({ userEmail }) => userEmail ?? dash,
  },
  {
    id: 'resource',
    title: 'Resource',
    width: 160,
    extra: true,
    cell: ({ resourceType, resourceId }) => [resourceType, resourceId].filter(Boolean).join(' ') || dash,
  },
  {
    id: 'status',
    title: 'Status',
    width: 88,
    pivot: ({ status }) => status,
    extra: true,
    cell: ({ status }) => status ?? dash,
  },
  {
    id: 'duration',
    title: 'Took',
    width: 80,
    extra: true,
    align: 'end',
    cell: ({ durationMs }) => (durationMs === null ? dash : formatDuration(durationMs)),
  },
  { id: 'id', title: 'Event', width: 184, extra: true, cell: ({ eventId }) => mono(eventId) },
]

/** The words that an event brings itself; else what its few known facts say. */
function EventWords({ event }: { event: AuditEvent }) {
  const { description, errorMessage, resourceType, resourceId, authMethod, metadata } = event
  const words = description ?? errorMessage ?? ([resourceType, resourceId].filter(Boolean).join(' ') || null)
  if (words !== null) return <span title={words}>{words}</span>
  const reason = metadata['reason']
  const facts = [authMethod === null ? null : `by ${authMethod}`, typeof reason === 'string' ? reason : null].filter(
    Boolean,
  )
  return facts.length === 0 ? dash : facts.join(', ')
}
