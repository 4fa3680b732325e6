import { Button } from '@mantine/core'
import type { Alert } from '../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { formatPlace, pageAt } from '../../app/place.ts'
import { goTo } from '../../app/router.ts'
import { Moment } from '../../components/Age.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Mark } from '../../components/Mark.tsx'
import { eventTone } from '../../components/tones.ts'
import { anyTime } from '../../query/time-range.ts'
import { formatNumber } from '../../text/format.ts'
import { eventKey } from '../events/event-key.ts'
import { evidenceQuery } from './evidence-query.ts'
import classes from './Alerts.module.css'

/** Rows that a drawer can hold; the search beyond has them all. */
const mostShown = 200

/** The events of an alert, oldest first, and the way to what else happened then. */
export function Evidence({ alert, events }: { alert: Alert; events: readonly AuditEvent[] }) {
  return (
    <>
      <Button
        leftSection={<Icon name="events" />}
        onClick={() => goTo(pageAt('events', { query: evidenceQuery(alert), range: anyTime }))}
      >
        All events of that window
      </Button>
      <ol className={classes.evidence}>
        {events.slice(0, mostShown).map((event) => (
          <li key={eventKey(event)}>
            <a
              href={formatPlace(
                pageAt('events', { query: evidenceQuery(alert), range: anyTime, row: eventKey(event) }),
              )}
            >
              <Moment at={event.createdAt} />
            </a>
            <Mark tone={eventTone(event)}>{event.type}</Mark>
            <span className={classes.who}>
              {[event.userId, event.ipAddress, event.country].filter(Boolean).join(' · ')}
            </span>
          </li>
        ))}
      </ol>
      {events.length > mostShown && <p className="gh-muted">and {formatNumber(events.length - mostShown)} more</p>}
    </>
  )
}
