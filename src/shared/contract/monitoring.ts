import { z } from 'zod'
import { AuditMetrics, ServiceHealth } from '../model/health.ts'
import { base } from './base.ts'

/** For other programs: the web host answers these at addresses of their own, to a token that can do nothing else. */
export const monitoring = {
  /** Whether the engine and its stores serve. */
  health: base.route({ method: 'GET', path: '/monitoring/health' }).output(ServiceHealth),
  /** How the audit queue does, what is wrong with it, and what to do. */
  auditMetrics: base.route({ method: 'GET', path: '/monitoring/audit-metrics' }).output(AuditMetrics),
  /** What Prometheus scrapes, in its text format 0.0.4. */
  metrics: base.route({ method: 'GET', path: '/metrics' }).output(z.string()),
}
