import { implement } from '@orpc/server'
import { contract } from '../../shared/contract/index.ts'
import { GatehouseError } from '../../shared/errors.ts'
import type { CallContext } from './gate.ts'
import type { Services } from './services.ts'

/**
 * The contract, answered by services. `current` is asked at each call: the services are replaced when the connections
 * are. What changes anything outside Gatehouse goes through `acting`, which a read-only workspace refuses.
 */
export function createRouter(current: () => Services) {
  const os = implement(contract).$context<CallContext>()
  const acting = os.middleware(({ next }) => {
    if (!current().readOnly) return next()
    throw new GatehouseError(
      'FORBIDDEN',
      'This workspace is read-only: nothing was done. Use a workspace that may act.',
    )
  })
  const done = { ok: true as const }
  return os.router({
    system: {
      info: os.system.info.handler(() => current().info()),
      live: os.system.live.handler(({ signal }) => current().live(signal)),
      series: os.system.series.handler(({ input }) => current().series(input.fromMs, input.toMs)),
      sessionStores: os.system.sessionStores.handler(() => current().sessionStores()),
      lists: os.system.lists.handler(() => current().lists()),
      connections: os.system.connections.handler(() => current().connections()),
      testConnection: os.system.testConnection.handler(({ input }) => current().testConnection(input)),
      saveConnections: os.system.saveConnections.use(acting).handler(async ({ input }) => {
        await current().saveConnections(input)
        return done
      }),
    },
    sessions: {
      search: os.sessions.search.handler(({ input }) => current().searchSessions(input)),
      get: os.sessions.get.handler(({ input }) => current().getSession(input.sessionId)),
    },
    events: {
      search: os.events.search.handler(({ input }) => current().searchEvents(input)),
      tail: os.events.tail.handler(({ input, signal }) => current().tail(input.query, signal)),
    },
    alerts: {
      list: os.alerts.list.handler(({ input }) => current().listAlerts(input)),
      get: os.alerts.get.handler(({ input }) => current().getAlert(input.alertId)),
      tally: os.alerts.tally.handler(() => current().tallyAlerts()),
      triage: os.alerts.triage.use(acting).handler(({ input }) => current().triage(input)),
    },
    rules: {
      list: os.rules.list.handler(() => current().rules()),
      get: os.rules.get.handler(({ input }) => current().ruleFile(input)),
      check: os.rules.check.handler(({ input }) => current().checkRule(input)),
      save: os.rules.save.use(acting).handler(({ input }) => current().saveRule(input)),
      eventFiles: os.rules.eventFiles.handler(() => current().eventFiles()),
      backtest: os.rules.backtest.handler(({ input, signal }) => current().backtest(input, signal)),
      verify: os.rules.verify.handler(({ input, signal }) => current().verifyProof(input, signal)),
    },
    suppressions: {
      list: os.suppressions.list.handler(({ input }) => current().listSuppressions(input)),
      preview: os.suppressions.preview.handler(({ input }) => current().previewSuppression(input)),
      create: os.suppressions.create.use(acting).handler(({ input }) => current().createSuppression(input)),
      end: os.suppressions.end.use(acting).handler(({ input }) => current().endSuppression(input)),
    },
    notifications: {
      status: os.notifications.status.handler(() => current().notificationStatus()),
      test: os.notifications.test.use(acting).handler(({ input }) => current().testNotification(input.channel)),
      configure: os.notifications.configure.use(acting).handler(async ({ input }) => {
        await current().configureNotifications(input)
        return done
      }),
      desktop: os.notifications.desktop.handler(({ signal }) => current().desktopNotices(signal)),
    },
    queues: {
      status: os.queues.status.handler(() => current().queueStatus()),
      peek: os.queues.peek.handler(({ input }) => current().peek(input)),
      failed: os.queues.failed.handler(({ input }) => current().failed(input)),
      requeue: os.queues.requeue.use(acting).handler(({ input }) => current().requeue(input)),
      discard: os.queues.discard.use(acting).handler(({ input }) => current().discard(input)),
    },
    revocations: {
      plan: os.revocations.plan.handler(({ input }) => current().plan(input.target)),
      execute: os.revocations.execute.use(acting).handler(({ input }) => current().execute(input)),
      guarded: os.revocations.guarded.handler(() => current().guarded()),
      actions: os.revocations.actions.handler(({ input }) => current().actions(input.limit)),
    },
    monitoring: {
      health: os.monitoring.health.handler(() => current().serviceHealth()),
      auditMetrics: os.monitoring.auditMetrics.handler(() => current().auditMetrics()),
      metrics: os.monitoring.metrics.handler(() => current().metrics()),
    },
    reports: {
      export: os.reports.export.handler(({ input, signal }) => current().exportRows(input, signal)),
      proof: os.reports.proof.handler(({ input }) => current().exportProof(input)),
    },
  })
}
