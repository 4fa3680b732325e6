import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEngine } from '../../api/engine.ts'
import { moveTo } from '../../app/router.ts'
import { CopyMenu } from '../../components/CopyMenu.tsx'
import { Drawer, DrawerSection } from '../../components/drawer/Drawer.tsx'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { JsonView } from '../../components/JsonView.tsx'
import { Mark } from '../../components/Mark.tsx'
import { eventTone } from '../../components/tones.ts'
import { eventKey, queryOfKey } from './event-key.ts'
import { EventFacts } from './EventFacts.tsx'

const close = () => moveTo({ row: null })

/** One event with all its fields. It is read by its key, so that a link to it works without the list. */
export function EventDrawer({ eventKeyText }: { eventKeyText: string }) {
  const { queries } = useEngine()
  const wanted = queryOfKey(eventKeyText)
  const { data, error, refetch } = useQuery({
    ...queries.events.search.queryOptions({ input: { query: wanted?.query ?? '', limit: 100 } }),
    enabled: wanted !== null,
    // A stored event never changes.
    staleTime: Infinity,
  })
  const event = data?.rows.find((row) => eventKey(row) === eventKeyText)
  if (event === undefined) {
    return (
      <Drawer title="Event" label="Event" onClose={close}>
        {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {(wanted === null || data !== undefined) && (
          <EmptyNote title="This event is not here">It may have aged out, or the link was cut short.</EmptyNote>
        )}
        {wanted !== null && data === undefined && error === null && (
          <DrawerSection title="Reading the event">
            <Loader size={16} color="accent" />
          </DrawerSection>
        )}
      </Drawer>
    )
  }
  return (
    <Drawer
      title={<Mark tone={eventTone(event)}>{event.type}</Mark>}
      label={`Event ${event.type}`}
      onClose={close}
      actions={<CopyMenu row={{ ...event }} query={wanted?.query ?? ''} />}
    >
      <DrawerSection title="Facts">
        <EventFacts event={event} />
      </DrawerSection>
      <DrawerSection title="As stored">
        <JsonView label="Event as stored" text={JSON.stringify(event)} />
      </DrawerSection>
    </Drawer>
  )
}
