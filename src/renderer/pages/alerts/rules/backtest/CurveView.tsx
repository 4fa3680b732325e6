import { useMemo } from 'react'
import type { Curve } from '../../../../../shared/model/backtest.ts'
import { seriesColours } from '../../../../app/palette.ts'
import { CurveChart } from '../../../../charts/CurveChart.tsx'
import { formatNumber } from '../../../../text/format.ts'
import classes from './Backtest.module.css'

/** How many alerts there would be at each threshold. */
export function CurveView({ curve }: { curve: Curve }) {
  const { points, threshold, highest } = curve
  const { x, lines, mark } = useMemo(
    () => ({
      x: points.map((point) => point.threshold),
      lines: [
        { label: 'alerts', colour: seriesColours.sky, values: points.map(({ alerts }) => alerts) },
        {
          label: 'entities',
          colour: seriesColours.orange,
          dash: [5, 3],
          values: points.map(({ entities }) => entities),
        },
      ],
      mark: { at: threshold, label: `threshold ${formatNumber(threshold)}` },
    }),
    [points, threshold],
  )
  if (points.length === 0)
    return <p className={classes.line}>There is no curve: no window of these events holds anything.</p>
  return (
    <>
      <h3>Alerts against the threshold</h3>
      <CurveChart title="Alerts and entities" over="Threshold" x={x} lines={lines} mark={mark} />
      {highest !== null && (
        <p className={classes.line}>
          The highest value that any window reached is <strong>{formatNumber(highest)}</strong>: beyond it the rule
          shows nothing.
        </p>
      )}
    </>
  )
}
