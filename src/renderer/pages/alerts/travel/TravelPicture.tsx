import type { AlertPlace } from '../../../../shared/model/alert-place.ts'
import { preferences } from '../../../app/preferences.ts'
import { useStore } from '../../../app/store.ts'
import { formatDateTime, formatDuration, formatNumber } from '../../../text/format.ts'
import { fastestLeg, place, placeName } from './layout.ts'
import classes from './Travel.module.css'

const width = 360
const height = 132
const margin = 12
const lineY = 62
const mostRadiusPx = 44

const km = (value: number) => `${formatNumber(Math.round(value))} km`

/** Two places, how far apart, in what time, and how fast that would be. The rings are as wide as each place is uncertain. */
export function TravelPicture({ places }: { places: readonly AlertPlace[] }) {
  const zone = useStore(preferences.timeZone)
  const leg = fastestLeg(places)
  if (leg === null) return <p className={classes.words}>Every located event comes from one place.</p>
  const { fromX, toX, fromPx, toPx } = place(leg, width - 2 * margin)
  const ends = [
    { name: placeName(leg.from), at: leg.from.at, x: margin + fromX, radius: fromPx, anchor: 'start' as const },
    { name: placeName(leg.to), at: leg.to.at, x: margin + toX, radius: toPx, anchor: 'end' as const },
  ]
  const took = leg.tookMs === 0 ? 'in no time at all' : `in ${formatDuration(leg.tookMs)}`
  const speed = leg.kmh === null ? 'no speed is enough' : `at least ${formatNumber(leg.kmh)} km/h`
  const words = `From ${ends[0]?.name} to ${ends[1]?.name}: ${km(leg.distanceKm)} between the centres, at least ${km(leg.leastKm)}, ${took}: ${speed}.`
  return (
    <figure className={classes.figure}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words} className={classes.picture}>
        <line x1={ends[0]?.x} x2={ends[1]?.x} y1={lineY} y2={lineY} className={classes.way} />
        {ends.map(({ name, x, radius, anchor, at }) => (
          <g key={anchor}>
            <circle cx={x} cy={lineY} r={Math.min(mostRadiusPx, radius)} className={classes.ring} />
            <circle cx={x} cy={lineY} r={4} className={classes.centre} />
            <text x={anchor === 'start' ? margin : width - margin} y={12} textAnchor={anchor} className={classes.name}>
              {name}
            </text>
            <text
              x={anchor === 'start' ? margin : width - margin}
              y={height - 4}
              textAnchor={anchor}
              className={classes.when}
            >
              {formatDateTime(at, zone)}
            </text>
          </g>
        ))}
        <text x={width / 2} y={lineY - 8} textAnchor="middle" className={classes.far}>
          {km(leg.leastKm)} at least
        </text>
        <text x={width / 2} y={lineY + 18} textAnchor="middle" className={classes.fast}>
          {took}: {speed}
        </text>
      </svg>
      <figcaption className={classes.words}>
        {words} Rings: within {km(leg.from.radiusKm)} and {km(leg.to.radiusKm)} of where the addresses are said to be.
      </figcaption>
    </figure>
  )
}
