import type { AuditEvent } from '../../../shared/model/event.ts'
import { Moment } from '../../components/Age.tsx'
import { Mark } from '../../components/Mark.tsx'
import { eventTone } from '../../components/tones.ts'
import { shortAgent } from '../../text/agent.ts'
import { formatDuration } from '../../text/format.ts'
import { timelineSteps } from './timeline-steps.ts'
import classes from './Timeline.module.css'

/** The life of a session from its first event to its last; what changed on the way stands out. */
export function Timeline({ events }: { events: readonly AuditEvent[] }) {
  if (events.length === 0) {
    return (
      <span className="gh-muted">
        No event names this session: it began before it was watched, or its events have aged out.
      </span>
    )
  }
  return (
    <ol className={classes.timeline}>
      {timelineSteps(events).map(({ event, afterMs, changed }) => (
        <li key={`${event.eventId} ${event.createdAt.getTime()}`} className={classes.step}>
          {afterMs !== null && afterMs >= 1000 && <span className={classes.gap}>{formatDuration(afterMs)} later</span>}
          <div className={classes.line}>
            <Mark tone={eventTone(event)}>{event.type}</Mark>
            <span className={classes.time}>
              <Moment at={event.createdAt} />
            </span>
          </div>
          {changed.map(({ what, value }) => (
            <div key={what} className={classes.change}>
              {what} {what === 'agent' ? shortAgent(value) : value}
            </div>
          ))}
          {event.description !== null && <div className={classes.change}>{event.description}</div>}
        </li>
      ))}
    </ol>
  )
}
