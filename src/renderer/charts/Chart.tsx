import { ActionIcon, Tooltip } from '@mantine/core'
import { useId, useMemo, useState, type KeyboardEvent } from 'react'
import type { Sample } from '../../shared/model/system.ts'
import { preferences } from '../app/preferences.ts'
import { useStore } from '../app/store.ts'
import { Icon } from '../components/Icon.tsx'
import { formatClock } from '../text/format.ts'
import { cursorAfterKey, toColumns } from './chart-data.ts'
import type { ChartMoment } from './chart-options.ts'
import type { ChartSpec } from './chart-spec.ts'
import { ChartTable } from './ChartTable.tsx'
import { readout } from './readout.ts'
import { usePlot } from './use-plot.ts'
import classes from './Chart.module.css'

interface ChartProps {
  readonly spec: ChartSpec
  readonly samples: readonly Sample[]
  readonly moment: ChartMoment
}

const plotPx = 118
const maxPoints = 600

/** One chart of the strip: its values in words, its lines, and all of it as a table. */
export function Chart({ spec, samples, moment }: ChartProps) {
  const [isTable, setTable] = useState(false)
  const heading = useId()
  const zone = useStore(preferences.timeZone)
  const columns = useMemo(
    () =>
      toColumns(
        samples,
        spec.series.map(({ key }) => key),
        moment.window,
        maxPoints,
      ),
    [samples, spec, moment.window],
  )
  const { box, cursor, setCursor } = usePlot(spec, columns, moment, plotPx)
  const values = readout(spec, columns, cursor)
  const time = cursor === null ? undefined : columns[0][cursor]

  const onKeyDown = (event: KeyboardEvent) => {
    const next = event.key === 'Escape' ? null : cursorAfterKey(event.key, cursor, columns[0].length)
    if (next === null && event.key !== 'Escape') return
    event.preventDefault()
    setCursor(next)
  }
  return (
    <section className={classes.chart} aria-labelledby={heading}>
      <header className={classes.header}>
        <h2 id={heading}>{spec.title}</h2>
        <Tooltip label="As a table">
          <ActionIcon size={22} aria-label={`${spec.title} as a table`} onClick={() => setTable(true)}>
            <Icon name="table" size={14} />
          </ActionIcon>
        </Tooltip>
      </header>
      <p className={classes.values}>
        {values.map(({ label, text }) => (
          <span key={label}>
            <strong>{text}</strong> {label}
          </span>
        ))}
        {time !== undefined && <span className={classes.time}>{formatClock(new Date(time * 1000), zone)}</span>}
      </p>
      <div
        ref={box}
        className={classes.plot}
        style={{ height: plotPx }}
        role="slider"
        aria-label={`${spec.title}: moment`}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, columns[0].length - 1)}
        aria-valuenow={cursor ?? Math.max(0, columns[0].length - 1)}
        aria-valuetext={[
          time === undefined ? 'now' : formatClock(new Date(time * 1000), zone),
          ...values.map(({ label, text }) => `${text} ${label}`),
        ].join(', ')}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(null)}
      />
      {isTable && <ChartTable spec={spec} columns={columns} onClose={() => setTable(false)} />}
    </section>
  )
}
