import { Button, Popover, SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Icon } from '../components/Icon.tsx'
import { boundsOf, type TimeRange } from '../query/time-range.ts'
import { formatDateTime, type TimeZone } from '../text/format.ts'
import { parseDateTime } from '../text/parse-time.ts'
import { pages } from './pages.ts'
import { preferences } from './preferences.ts'
import { moveTo, usePlace } from './router.ts'
import { useStore } from './store.ts'
import classes from './Header.module.css'

const spanWords: Readonly<Record<string, string>> = {
  '5m': '5 minutes',
  '15m': '15 minutes',
  '1h': 'hour',
  '6h': '6 hours',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
}

function wordsFor(range: TimeRange, zone: TimeZone): string {
  if (range.kind === 'any') return 'Any time'
  if (range.kind === 'last') return `Last ${spanWords[range.span] ?? range.span}`
  return `${formatDateTime(new Date(range.fromMs), zone)} – ${formatDateTime(new Date(range.toMs), zone)}`
}

/** Relative, absolute, and whose clock it is. */
export function TimeRangeMenu() {
  const { page, range: chosen } = usePlace()
  const zone = useStore(preferences.timeZone)
  const [isOpen, setOpen] = useState(false)
  const { range: usual, spans } = pages[page]
  if (usual === null) return null
  const range = chosen ?? usual
  const choose = (next: TimeRange) => {
    moveTo({ range: next })
    setOpen(false)
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button
          className={classes.range}
          leftSection={<Icon name="clock" size={14} />}
          aria-label={`Time range: ${wordsFor(range, zone)}`}
          onClick={() => setOpen(!isOpen)}
        >
          <span className={classes.rangeWords}>{wordsFor(range, zone)}</span>
          <span className={classes.rangeShort} aria-hidden>
            {range.kind === 'last' ? range.span : range.kind}
          </span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.rangePanel}>
        <div className={classes.spans}>
          {page !== 'overview' && <Choice range={{ kind: 'any' }} now={range} zone={zone} onChoose={choose} />}
          {spans.map((span) => (
            <Choice key={span} range={{ kind: 'last', span }} now={range} zone={zone} onChoose={choose} />
          ))}
        </div>
        <Between range={range} zone={zone} onChoose={choose} />
        <SegmentedControl
          aria-label="Time zone"
          fullWidth
          value={zone}
          data={[
            { value: 'local', label: `Local (${Intl.DateTimeFormat().resolvedOptions().timeZone})` },
            { value: 'utc', label: 'UTC' },
          ]}
          onChange={(next) => preferences.timeZone.set(next === 'utc' ? 'utc' : 'local')}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

interface ChoiceProps {
  readonly range: TimeRange
  readonly now: TimeRange
  readonly zone: TimeZone
  readonly onChoose: (range: TimeRange) => void
}

function Choice({ range, now, zone, onChoose }: ChoiceProps) {
  const words = wordsFor(range, zone)
  const isChosen = words === wordsFor(now, zone)
  return (
    <Button
      variant={isChosen ? 'filled' : 'default'}
      color={isChosen ? 'accent' : 'text'}
      aria-pressed={isChosen}
      onClick={() => onChoose(range)}
    >
      {words}
    </Button>
  )
}

function Between({ range, zone, onChoose }: Omit<ChoiceProps, 'now'>) {
  const bounds = boundsOf(range, Date.now())
  const [from, setFrom] = useState(bounds === null ? '' : formatDateTime(new Date(bounds.fromMs), zone))
  const [to, setTo] = useState(bounds === null ? '' : formatDateTime(new Date(bounds.toMs), zone))
  const fromMs = parseDateTime(from, zone)
  const toMs = parseDateTime(to, zone)
  const wrong = (text: string, ms: number | null) => (text !== '' && ms === null ? 'Write 2026-07-28 14:00' : null)
  const order = fromMs !== null && toMs !== null && fromMs >= toMs ? 'Must be later than the beginning' : null
  return (
    <form
      className={classes.between}
      onSubmit={(event) => {
        event.preventDefault()
        if (fromMs !== null && toMs !== null && order === null) onChoose({ kind: 'between', fromMs, toMs })
      }}
    >
      <TextInput
        label="From"
        value={from}
        error={wrong(from, fromMs)}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        label="To"
        value={to}
        error={wrong(to, toMs) ?? order}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button type="submit" disabled={fromMs === null || toMs === null || order !== null}>
        Show this stretch
      </Button>
    </form>
  )
}
