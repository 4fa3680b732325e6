import type { Latency } from '../../../shared/model/health.ts'
import { useLive } from '../../api/live.ts'
import { Age } from '../../components/Age.tsx'
import { Tile } from '../../components/Tile.tsx'
import { formatDuration, formatLatency, formatNumber } from '../../text/format.ts'
import { SplitBar } from './SplitBar.tsx'
import classes from './Overview.module.css'

/** A lag above this is worth a look, one above the second one is bad. */
const slowLagMs = 10_000
const badLagMs = 60_000

function lagTone(lagMs: number | null) {
  if (lagMs === null || lagMs < slowLagMs) return undefined
  return lagMs < badLagMs ? 'warning' : 'critical'
}

/** As the engine's own judgement has it (docs/monitoring.md). */
const slowRedisMs = 50

function RedisLatencyTile({ latency }: { latency: Latency | null }) {
  return (
    <Tile
      title="Redis latency"
      value={latency === null ? '–' : formatLatency(latency.p50Ms)}
      tone={latency !== null && latency.p95Ms >= slowRedisMs ? 'warning' : undefined}
      note={
        latency === null ? 'not measured' : `p95 ${formatLatency(latency.p95Ms)}, p99 ${formatLatency(latency.p99Ms)}`
      }
    />
  )
}

/** The numbers of the moment. */
export function StatusTiles() {
  const status = useLive((view) => view.status)
  const { statusSplit = null, syncLagMs = null, counters, mirror, latencies, openAlerts } = status ?? {}
  const live = mirror?.liveSessions ?? null
  return (
    <div className={classes.tiles}>
      <Tile title="Live sessions" href="#/sessions?q=state%3Alive" value={live === null ? '–' : formatNumber(live)}>
        <SplitBar split={statusSplit} />
      </Tile>
      <Tile
        title="Sync lag"
        value={syncLagMs === null ? '–' : formatDuration(syncLagMs)}
        tone={lagTone(syncLagMs)}
        note="from push to stored"
      />
      <Tile
        title="Mirror"
        value={mirror?.lastDurationMs == null ? '–' : formatDuration(mirror.lastDurationMs)}
        note={
          <>
            {mirror?.tracking.following === true && `${formatNumber(mirror.tracking.hintsPerSecond)}/s, `}
            {mirror?.running ? 'reading, last ' : 'read '}
            <Age at={mirror?.lastReconcileAt ?? null} />
          </>
        }
      />
      <RedisLatencyTile latency={latencies?.redis ?? null} />
      <Tile
        title="Stored events"
        href="#/events"
        value={counters === undefined ? '–' : formatNumber(counters.storedEvents)}
        note={counters === undefined ? '' : `${formatNumber(counters.duplicateEvents)} duplicates left out`}
      />
      <Tile
        title="Failed items"
        href="#/queues?tab=failed"
        value={counters === undefined ? '–' : formatNumber(counters.failedItems)}
        tone={counters !== undefined && counters.failedItems > 0 ? 'warning' : undefined}
        note="since the start"
      />
      <Tile
        title="Open alerts"
        href="#/alerts"
        value={openAlerts === undefined ? '–' : formatNumber(openAlerts)}
        tone={openAlerts !== undefined && openAlerts > 0 ? 'critical' : undefined}
        note="episodes not closed"
      />
    </div>
  )
}
