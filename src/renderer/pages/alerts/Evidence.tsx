import { Button } from '@mantine/core'
import { useState, type MouseEvent } from 'react'
import type { Alert } from '../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { formatPlace, pageAt } from '../../app/place.ts'
import { goTo } from '../../app/router.ts'
import { Moment } from '../../components/Age.tsx'
import { CellMenu, type CellMenuState } from '../../components/grid/CellMenu.tsx'
import { dash } from '../../components/grid/origin-columns.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Mark } from '../../components/Mark.tsx'
import { ScrollTable } from '../../components/table/ScrollTable.tsx'
import { eventTone } from '../../components/tones.ts'
import { anyTime } from '../../query/time-range.ts'
import { shortAgent } from '../../text/agent.ts'
import { formatNumber, shortId } from '../../text/format.ts'
import { eventKey } from '../events/event-key.ts'
import { evidenceQuery } from './evidence-query.ts'
import { draftFrom } from './suppress/draft.ts'
import { SuppressItem } from './suppress/SuppressItem.tsx'
import value from '../../components/PivotValue.module.css'

/** Rows that a drawer can hold; the search beyond has them all. */
const mostShown = 200

/** The events of an alert, oldest first: each leads to itself, and each value to what else has it. */
export function Evidence({ alert, events }: { alert: Alert; events: readonly AuditEvent[] }) {
  const [menu, setMenu] = useState<CellMenuState | null>(null)
  const query = evidenceQuery(alert)
  return (
    <>
      <Button leftSection={<Icon name="events" />} onClick={() => goTo(pageAt('events', { query, range: anyTime }))}>
        All events of that window
      </Button>
      <ScrollTable
        label="Events of the alert"
        headings={['Time', 'Type', 'User', 'Address', 'Country', 'Agent', 'Session']}
        noWrap
      >
        {events.slice(0, mostShown).map((event) => (
          <tr key={eventKey(event)}>
            <td>
              <a href={formatPlace(pageAt('events', { query, range: anyTime, row: eventKey(event) }))}>
                <Moment at={event.createdAt} />
              </a>
            </td>
            <td>
              <Mark tone={eventTone(event)}>{event.type}</Mark>
            </td>
            <Cell field="user" value={event.userId} onMenu={setMenu} />
            <Cell field="ip" value={event.ipAddress} onMenu={setMenu} mono />
            <Cell field="country" value={event.country} onMenu={setMenu} />
            <Cell field="agent" value={event.userAgent} words={shortAgent} onMenu={setMenu} />
            <Cell field="session" value={event.sessionId} words={shortId} onMenu={setMenu} mono />
          </tr>
        ))}
      </ScrollTable>
      {events.length > mostShown && <p className="gh-muted">and {formatNumber(events.length - mostShown)} more</p>}
      <CellMenu
        at={menu}
        onClose={() => setMenu(null)}
        more={menu !== null && <SuppressItem draft={draftFrom(alert, menu.field, menu.value)} />}
      />
    </>
  )
}

interface CellProps {
  readonly field: string
  readonly value: string | null
  readonly words?: (value: string) => string
  readonly mono?: boolean
  readonly onMenu: (menu: CellMenuState) => void
}

/** One menu serves all cells: hundreds of their own would take longer to draw than all the rest. */
function Cell({ field, value: text, words, mono, onMenu }: CellProps) {
  if (text === null) return <td>{dash}</td>
  const open = ({ currentTarget }: MouseEvent<HTMLElement>) => {
    const { left, bottom } = currentTarget.getBoundingClientRect()
    onMenu({ field, value: text, x: left, y: bottom })
  }
  return (
    <td>
      <button
        type="button"
        className={value.value}
        data-mono={mono || undefined}
        title={text}
        aria-haspopup="menu"
        onClick={open}
      >
        {words === undefined ? text : words(text)}
      </button>
    </td>
  )
}
