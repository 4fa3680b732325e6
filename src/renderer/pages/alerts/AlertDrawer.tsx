import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Alert } from '../../../shared/model/alert.ts'
import type { AlertId } from '../../../shared/model/ids.ts'
import { useEngine } from '../../api/engine.ts'
import { moveTo } from '../../app/router.ts'
import { CopyMenu } from '../../components/CopyMenu.tsx'
import { Drawer, DrawerSection } from '../../components/drawer/Drawer.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { FromCache } from '../../components/FromCache.tsx'
import { Mark } from '../../components/Mark.tsx'
import { severityTone } from '../../components/tones.ts'
import { formatCount, shortId } from '../../text/format.ts'
import { AlertFacts } from './AlertFacts.tsx'
import { evidenceQuery } from './evidence-query.ts'
import { Evidence } from './Evidence.tsx'
import { History } from './History.tsx'
import { Told } from './Told.tsx'
import { TravelPicture } from './travel/TravelPicture.tsx'
import { TriageButtons } from './triage/TriageButtons.tsx'
import type { OnTriaged } from './triage/use-triage.ts'
import { Why } from './Why.tsx'
import classes from './Alerts.module.css'

const close = () => moveTo({ row: null })

interface AlertDrawerProps {
  readonly alertId: AlertId
  readonly onDone: OnTriaged
  /** Hears of the alert as it stands here: keys act on what is in sight. */
  readonly onSeen: (alert: Alert) => void
}

/** One episode: why it was raised, by how much, every event that it rests on, and what became of it. */
export function AlertDrawer({ alertId, onDone, onSeen }: AlertDrawerProps) {
  const { data, error, refetch } = useQuery(useEngine().queries.alerts.get.queryOptions({ input: { alertId } }))
  useEffect(() => {
    if (data !== undefined) onSeen(data.alert)
  }, [data, onSeen])
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
  const { alert, events, missingEvents, history, deliveries, notes, places, origin } = data
  return (
    <Drawer
      title={<Mark tone={severityTone[alert.severity]}>{alert.title}</Mark>}
      label={label}
      onClose={close}
      actions={
        <>
          <TriageButtons alert={alert} onDone={onDone} />
          <CopyMenu row={{ ...alert }} query={evidenceQuery(alert)} />
        </>
      }
    >
      <DrawerSection title="Why" note={<FromCache origin={origin} />}>
        <Why alert={alert} notes={notes} />
      </DrawerSection>
      {places.length > 1 && (
        <DrawerSection title="The way">
          <TravelPicture places={places} />
        </DrawerSection>
      )}
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
      <DrawerSection
        title="What was done"
        note={history.length === 0 ? 'nothing yet' : formatCount(history.length, 'act')}
      >
        <History history={history} />
      </DrawerSection>
      <DrawerSection title="Who was told">
        <Told deliveries={deliveries} />
      </DrawerSection>
    </Drawer>
  )
}
