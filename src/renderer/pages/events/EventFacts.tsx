import type { AuditEvent } from '../../../shared/model/event.ts'
import { formatPlace, pageAt } from '../../app/place.ts'
import { Moment } from '../../components/Age.tsx'
import { Facts } from '../../components/Facts.tsx'
import { PivotValue } from '../../components/PivotValue.tsx'
import { formatDuration } from '../../text/format.ts'

const pivot = (field: string, value: string | null, mono = false) =>
  value === null ? null : <PivotValue field={field} value={value} mono={mono} />

/** What an event says; each value leads on to what else has it. */
export const EventFacts = ({ event }: { event: AuditEvent }) => (
  <Facts
    facts={[
      ['Time', <Moment key="time" at={event.createdAt} />],
      ['Type', pivot('type', event.type)],
      ['Category', pivot('category', event.category)],
      ['User', pivot('user', event.userId)],
      ['E-mail', pivot('email', event.userEmail)],
      ['Address', pivot('ip', event.ipAddress, true)],
      ['Country', pivot('country', event.country)],
      ['Agent', pivot('agent', event.userAgent)],
      ['Signed in by', pivot('auth', event.authMethod)],
      ['Resource', pivot('resource', event.resourceType)],
      ['Resource id', pivot('resource_id', event.resourceId, true)],
      ['Description', event.description],
      ['Status', pivot('status', event.status)],
      ['Error', event.errorMessage],
      ['Took', event.durationMs === null ? null : formatDuration(event.durationMs)],
      ['Expires', event.expiresAt === null ? null : <Moment key="expires" at={event.expiresAt} />],
      ['Source', pivot('source', event.source)],
      ['Session', pivot('session', event.sessionId, true)],
      [
        '',
        event.sessionId === null ? null : (
          <a key="open" href={formatPlace(pageAt('sessions', { row: event.sessionId }))}>
            Open the session
          </a>
        ),
      ],
      ['Event', pivot('id', event.eventId, true)],
    ]}
  />
)
