import { z } from 'zod'
import { AuditMetrics, ServiceHealth } from '../model/health.ts'
import { base } from './base.ts'

/** For other programs: the web host answers these at addresses of their own, to a token that can do nothing else. */
export const monitoring = {
  health: base
    .route({ method: 'GET', path: '/monitoring/health', summary: 'Whether the engine and its stores serve.' })
    .output(ServiceHealth),
  auditMetrics: base
    .route({
      method: 'GET',
      path: '/monitoring/audit-metrics',
      summary: 'How the audit queue does, what is wrong with it, and what to do.',
    })
    .output(AuditMetrics),
  metrics: base
    .route({ method: 'GET', path: '/metrics', summary: 'What Prometheus scrapes, in its text format 0.0.4.' })
    .output(z.string()),
}
