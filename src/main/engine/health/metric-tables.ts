import type { EngineCounters } from '../../../shared/model/system.ts'
import type { Readings } from './readings.ts'

/** Names are an interface: dashboards and alert rules know them. Each has its line in docs/monitoring.md. */
type Named = readonly [name: string, help: string]

/** Counters that the engine's parts keep. */
export const counterNames: Readonly<Record<keyof EngineCounters, Named>> = {
  storedEvents: ['gatehouse_events_stored_total', 'Events from the queues that this engine committed'],
  duplicateEvents: ['gatehouse_events_duplicate_total', 'Events that were stored already under the same identity'],
  failedItems: ['gatehouse_items_failed_total', 'Items that went to audit:failed'],
  overflowEvents: [
    'gatehouse_events_overflow_total',
    'Events that met the queue at its limit, at this engine or at any producer',
  ],
  droppedEvents: ['gatehouse_events_dropped_total', 'Events that producers gave up for want of room'],
  retriedBatches: ['gatehouse_batches_retried_total', 'Times that a batch was tried again after a failure'],
  adoptedBatches: ['gatehouse_batches_adopted_total', 'Batches taken over from a worker whose lease ran out'],
  lateAcknowledgements: [
    'gatehouse_acknowledgements_late_total',
    'Acknowledgements without effect, because another worker had taken the batch over',
  ],
  lostEntries: ['gatehouse_stream_entries_lost_total', 'Entries that left the stream before they were stored'],
  publishFailures: ['gatehouse_publish_failures_total', 'Stored events that were not published to audit:logs'],
  reconciles: ['gatehouse_reconciles_total', 'Complete comparisons of the sessions in Redis with their rows'],
  receivedHints: ['gatehouse_hints_received_total', 'Touched keys that Redis named to the mirror'],
  droppedHints: ['gatehouse_hints_dropped_total', 'Named keys that a reconcile took the place of: too many waited'],
  missedHints: ['gatehouse_hints_missed_total', 'Changes that a reconcile found although Redis should have named them'],
  mirroredSessions: ['gatehouse_sessions_mirrored_total', 'Sessions that were mirrored for the first time'],
  changedSessions: ['gatehouse_sessions_changed_total', 'Rows written again because their session changed'],
  endedSessions: ['gatehouse_sessions_ended_total', 'Rows that the mirror ended'],
  returnedSessions: [
    'gatehouse_sessions_returned_total',
    'Times that a revoked session came back and was removed again',
  ],
  alerts: ['gatehouse_alerts_raised_total', 'Alerts that the rules raised'],
  suppressedEvents: ['gatehouse_events_suppressed_total', 'Events that a rule left out because of a suppression'],
  sentNotifications: ['gatehouse_notifications_sent_total', 'Messages about alerts that were delivered'],
  retriedNotifications: ['gatehouse_notifications_retried_total', 'Tries to deliver a message that failed'],
  failedNotifications: ['gatehouse_notifications_failed_total', 'Messages about alerts that were given up'],
  untoldAlerts: ['gatehouse_alerts_untold_total', 'Alerts that had waited too long to be told'],
}

const secondsOf = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)

/** Gauges without a label; null becomes NaN, which says that the value is not known. */
export const gauges: readonly (readonly [...Named, read: (readings: Readings) => number | null])[] = [
  ['sessions_active_total', 'Live sessions', ({ activeSessions }) => activeSessions],
  [
    'gatehouse_queue_oldest_age_seconds',
    'Age of the oldest waiting item, by the time that its producer gave it',
    ({ syncLagMs }) => secondsOf(syncLagMs),
  ],
  [
    'gatehouse_reconcile_duration_seconds',
    'Time that the last reconcile took',
    ({ mirror }) => secondsOf(mirror.lastDurationMs),
  ],
  [
    'gatehouse_mirror_age_seconds',
    'Time since the rows of the sessions were last made what Redis held',
    ({ mirror }) => secondsOf(mirror.currentAt && Date.now() - mirror.currentAt.getTime()),
  ],
  [
    'gatehouse_tracking_following',
    '1 while Redis names touched keys and the rows follow them, else 0',
    ({ mirror }) => Number(mirror.tracking.following),
  ],
  ['gatehouse_hints_waiting', 'Named keys that wait to be read', ({ mirror }) => mirror.tracking.waitingHints],
  [
    'gatehouse_leads',
    '1 in the engine whose mirror and watcher run, of all on the store',
    ({ leads }) => Number(leads),
  ],
  ['gatehouse_alerts_open', 'Alerts that nobody has handled', ({ openAlerts }) => openAlerts],
  ['gatehouse_cache_bytes', 'Size of the local cache', ({ cache }) => cache.bytes],
  ['gatehouse_cache_events', 'Events in the local cache', ({ cache }) => cache.events],
  ['process_resident_memory_bytes', 'Memory of the whole process', () => process.memoryUsage.rss()],
]
