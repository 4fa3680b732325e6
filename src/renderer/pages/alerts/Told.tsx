import type { Delivery, DeliveryState } from '../../../shared/model/notification.ts'
import { Moment } from '../../components/Age.tsx'
import { Mark, type Tone } from '../../components/Mark.tsx'
import { formatCount } from '../../text/format.ts'
import classes from './Alerts.module.css'

const tone: Readonly<Record<DeliveryState, Tone>> = { waiting: 'busy', sent: 'ok', failed: 'critical' }

/** Where an alert was told. Desktops tell their own readers, and keep no record. */
export function Told({ deliveries }: { deliveries: readonly Delivery[] | null }) {
  if (deliveries === null) return <p className="gh-muted">Not known while PostgreSQL is away.</p>
  if (deliveries.length === 0) return <p className="gh-muted">Nobody, but the desktops that were open.</p>
  return (
    <ol className={classes.history}>
      {deliveries.map((delivery) => (
        <li key={delivery.notificationId}>
          <span className="gh-muted">
            <Moment at={delivery.sentAt ?? delivery.createdAt} />
          </span>
          <span>
            <Mark tone={tone[delivery.state]}>
              {delivery.channel}, {delivery.state}
            </Mark>{' '}
            as {delivery.severity}
            {delivery.attempts > 1 && `, ${formatCount(delivery.attempts, 'try', 'tries')}`}
            {delivery.error !== null && <q className={classes.comment}>{delivery.error}</q>}
          </span>
        </li>
      ))}
    </ol>
  )
}
