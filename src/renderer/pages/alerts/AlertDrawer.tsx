import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { AlertId } from '../../../shared/model/ids.ts'
import { useEngine } from '../../api/engine.ts'
import { moveTo } from '../../app/router.ts'
import { CopyMenu } from '../../components/CopyMenu.tsx'
import { Drawer, DrawerSection } from '../../components/drawer/Drawer.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { Mark } from '../../components/Mark.tsx'
import { severityTone } from '../../components/tones.ts'
import { formatCount, shortId } from '../../text/format.ts'
import { AlertFacts } from './AlertFacts.tsx'
import { evidenceQuery } from './evidence-query.ts'
import { Evidence } from './Evidence.tsx'
import classes from './Alerts.module.css'

const close = () => moveTo({ row: null })

/** One episode: why it was raised, by how much, and every event that it rests on. */
export function AlertDrawer({ alertId }: { alertId: AlertId }) {
  const { data, error, refetch } = useQuery(useEngine().queries.alerts.get.queryOptions({ input: { alertId } }))
  const label = `Alert ${shortId(alertId)}`
  if (data === undefined) {
    return (
      <Drawer title="Alert" label={label} onClose={close}>
        {error === null ? (
          <DrawerSection title="Reading the alert">
            <Loader size={16} color="accent" />
          </DrawerSection>
        ) : (
          <ErrorNote error={error} onRetry={() => void refetch()} />
        )}
      </Drawer>
    )
  }
  const { alert, events, missingEvents } = data
  return (
    <Drawer
      title={<Mark tone={severityTone[alert.severity]}>{alert.title}</Mark>}
      label={label}
      onClose={close}
      actions={<CopyMenu row={{ ...alert }} query={evidenceQuery(alert)} />}
    >
      <DrawerSection title="Why">
        <p className={classes.why}>{alert.summary}</p>
      </DrawerSection>
      <DrawerSection title="Facts">
        <AlertFacts alert={alert} />
      </DrawerSection>
      <DrawerSection title="Evidence" note={formatCount(alert.eventCount, 'event')}>
        {missingEvents > 0 && (
          <p className={classes.why}>
            <Mark tone="warning">{formatCount(missingEvents, 'event')} of it aged out of the store</Mark>
          </p>
        )}
        <Evidence alert={alert} events={events} />
      </DrawerSection>
    </Drawer>
  )
}
