import { ChartStrip } from './ChartStrip.tsx'
import { LatestAlerts } from './LatestAlerts.tsx'
import { Problems } from './Problems.tsx'
import { StatusTiles } from './StatusTiles.tsx'
import classes from './Overview.module.css'

/** How things stand now, what moved lately, what looks wrong. */
export const OverviewPage = () => (
  <div className={classes.page}>
    <StatusTiles />
    <ChartStrip />
    <div className={classes.panels}>
      <LatestAlerts />
      <Problems />
    </div>
  </div>
)
