import { useQuery } from '@tanstack/react-query'
import type { ChannelStatus } from '../../../../shared/model/notification.ts'
import { useEngine } from '../../../api/engine.ts'
import { Age } from '../../../components/Age.tsx'
import { EmptyNote } from '../../../components/EmptyNote.tsx'
import { ErrorNote } from '../../../components/ErrorNote.tsx'
import { Facts } from '../../../components/Facts.tsx'
import { Mark, type Tone } from '../../../components/Mark.tsx'
import { formatCount, formatDuration, formatNumber } from '../../../text/format.ts'
import { TestButton } from './TestButton.tsx'
import classes from '../Alerts.module.css'

const lookMs = 3_000

const channelWords = { desktop: 'Desktop', webhook: 'Webhook', email: 'E-mail' } as const
const stateTone: Readonly<Record<ChannelStatus['state'], Tone>> = { off: 'none', ok: 'ok', failing: 'critical' }
const stateWords: Readonly<Record<ChannelStatus['state'], string>> = {
  off: 'not set up',
  ok: 'works',
  failing: 'fails, and is tried again',
}

/** Who is told of alerts, and how that goes. */
export function NotificationsTab() {
  const { data, error, refetch } = useQuery(
    useEngine().queries.notifications.status.queryOptions({ refetchInterval: lookMs }),
  )
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <EmptyNote title="Looking how it stands" />
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must be able to get there
    <div className={classes.scroll} tabIndex={0} role="region" aria-label="Notifications">
      <p className={classes.lead}>
        Alerts from <strong>{data.minSeverity}</strong> on are told
        {data.rules === null ? '' : `, those of ${formatCount(data.rules.length, 'rule')} (${data.rules.join(', ')})`};
        what comes within {formatDuration(data.groupMs)} goes together. The settings file says where to (
        <code>notify</code>).
      </p>
      <div className={classes.channels}>
        {data.channels.map((channel) => (
          <Channel key={channel.channel} status={channel} />
        ))}
      </div>
    </div>
  )
}

const Channel = ({ status }: { status: ChannelStatus }) => (
  <section className={classes.channel} aria-labelledby={`channel-${status.channel}`}>
    <h2 id={`channel-${status.channel}`}>{channelWords[status.channel]}</h2>
    <Facts
      facts={[
        [
          'State',
          <Mark key="state" tone={stateTone[status.state]}>
            {stateWords[status.state]}
          </Mark>,
        ],
        ['Goes to', status.target === null ? null : <code key="target">{status.target}</code>],
        ['Last told', <Age key="last" at={status.lastSentAt} />],
        ['Trouble', status.lastError],
        ['Next try', status.nextAttemptAt === null ? null : <Age key="next" at={status.nextAttemptAt} />],
        ['Waiting', formatCount(status.waitingAlerts, 'alert')],
        [
          'This hour',
          status.limitPerHour === 0
            ? null
            : `${formatNumber(status.sentLastHour)} of at most ${formatNumber(status.limitPerHour)} messages`,
        ],
        ['In 30 days', `${formatNumber(status.sent)} sent, ${formatNumber(status.failed)} given up`],
        [
          'Never told',
          status.droppedAlerts === 0 ? null : (
            <Mark key="dropped" tone="warning">
              {formatCount(status.droppedAlerts, 'alert')}: waited too long
            </Mark>
          ),
        ],
      ]}
    />
    <TestButton channel={status.channel} isOff={status.state === 'off'} />
  </section>
)
