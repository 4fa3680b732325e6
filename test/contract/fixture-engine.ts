import { implement } from '@orpc/server'
import type { CallContext } from '../../src/main/engine/gate.ts'
import { runEngineThread, type Engine, type EngineOptions } from '../../src/main/engine/thread.ts'
import { contract } from '../../src/shared/contract/index.ts'
import { GatehouseError } from '../../src/shared/errors.ts'
import { blankEvent, type AuditEvent } from '../../src/shared/model/event.ts'
import { EventId } from '../../src/shared/model/ids.ts'
import { bigNumber, eventAt } from './fixture-facts.ts'

const sampleEvent: AuditEvent = blankEvent({
  eventId: EventId.parse('event-1'),
  createdAt: eventAt,
  kind: 'log',
  type: 'api_key_created',
  source: 'queue',
})

/** What the query asks this engine to go wrong with. */
function fail(query: string): void {
  if (query === 'coded') throw new GatehouseError('QUERY_SYNTAX', 'A value is missing after "user:".', { position: 5 })
  if (query === 'unforeseen') throw new TypeError('cannot read /etc/gatehouse/secret of undefined')
  if (query === 'crash') {
    setImmediate(() => {
      throw new Error('crash on demand')
    })
  }
}

/**
 * An engine without stores that does on demand what a real one does seldom: it fails in each way, streams without end,
 * and says how many subscriptions it serves. It answers behind the real gate and in a real thread.
 */
function createFixtureEngine({ config }: EngineOptions): Engine {
  const os = implement(contract).$context<CallContext>()
  const startedAt = new Date()
  let subscriptions = 0
  const absent = () => {
    throw new GatehouseError('NOT_FOUND', 'The fixture has no such thing.')
  }

  const router = os.router({
    system: {
      info: os.system.info.handler(({ context }) => ({
        version: '0.0.0',
        node: process.version,
        workspace: config.workspace,
        actor: context.peer,
        readOnly: false,
        home: config.home,
        startedAt,
        sessionIds: 'hmac' as const,
      })),
      live: os.system.live.handler(absent),
      series: os.system.series.handler(absent),
      sessionStores: os.system.sessionStores.handler(absent),
      lists: os.system.lists.handler(absent),
      connections: os.system.connections.handler(absent),
      testConnection: os.system.testConnection.handler(absent),
      saveConnections: os.system.saveConnections.handler(absent),
    },
    sessions: { search: os.sessions.search.handler(absent), get: os.sessions.get.handler(absent) },
    events: {
      search: os.events.search.handler(({ input }) => {
        fail(input.query)
        const metadata = { bigNumber, polluted: Reflect.get({}, 'polluted') ?? null, limit: input.limit }
        return { rows: [{ ...sampleEvent, metadata }], nextCursor: null, origin: { store: 'cache', asOf: eventAt } }
      }),
      tail: os.events.tail.handler(async function* ({ input, signal }) {
        subscriptions++
        try {
          yield { events: [sampleEvent], omitted: 0 }
          fail(input.query)
          await new Promise<never>((_resolve, reject) => {
            signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
          })
        } finally {
          subscriptions--
        }
      }),
    },
    alerts: {
      list: os.alerts.list.handler(absent),
      get: os.alerts.get.handler(absent),
      tally: os.alerts.tally.handler(absent),
      triage: os.alerts.triage.handler(absent),
    },
    rules: {
      list: os.rules.list.handler(absent),
      get: os.rules.get.handler(absent),
      check: os.rules.check.handler(absent),
      save: os.rules.save.handler(absent),
      eventFiles: os.rules.eventFiles.handler(absent),
      backtest: os.rules.backtest.handler(absent),
      verify: os.rules.verify.handler(absent),
    },
    suppressions: {
      list: os.suppressions.list.handler(absent),
      preview: os.suppressions.preview.handler(absent),
      create: os.suppressions.create.handler(absent),
      end: os.suppressions.end.handler(absent),
    },
    notifications: {
      status: os.notifications.status.handler(absent),
      test: os.notifications.test.handler(absent),
      configure: os.notifications.configure.handler(absent),
      desktop: os.notifications.desktop.handler(absent),
    },
    queues: {
      status: os.queues.status.handler(() => ({
        queues: [{ name: 'queue', key: 'subscriptions', depth: subscriptions, oldestAgeMs: null }],
        leases: [],
        pressure: { depthLimit: 10_000, overflowEvents: 0, droppedEvents: 0 },
      })),
      peek: os.queues.peek.handler(absent),
      failed: os.queues.failed.handler(absent),
      requeue: os.queues.requeue.handler(absent),
      discard: os.queues.discard.handler(absent),
    },
    revocations: {
      plan: os.revocations.plan.handler(absent),
      execute: os.revocations.execute.handler(absent),
      guarded: os.revocations.guarded.handler(absent),
      actions: os.revocations.actions.handler(absent),
    },
    reports: { export: os.reports.export.handler(absent), proof: os.reports.proof.handler(absent) },
    monitoring: {
      health: os.monitoring.health.handler(() => ({
        status: 'healthy',
        services: { redis: 'healthy', audit_worker: 'off', postgres: 'healthy' },
      })),
      auditMetrics: os.monitoring.auditMetrics.handler(() => ({
        health: { status: 'degraded', issues: ['The fixture stores nothing.'] },
        metrics: {
          queue_length: null,
          current_batch_size: 0,
          inserts_last_minute: 0,
          failures_last_minute: 0,
          avg_batch_time_ms: null,
          total_dropped_events: 0,
          total_overflow_events: 0,
        },
        recommendations: [],
      })),
      metrics: os.monitoring.metrics.handler(() => 'fixture_up 1\n'),
    },
  })
  return { router, start: () => Promise.resolve(), stop: () => Promise.resolve() }
}

await runEngineThread(createFixtureEngine)
