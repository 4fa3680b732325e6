import type { HealthStatus, Recommendation, ServiceHealth, ServiceStatus } from '../../../shared/model/health.ts'
import { checks } from './checks.ts'
import type { Vitals } from './vitals.ts'

export interface Judgement {
  status: HealthStatus
  issues: string[]
  recommendations: Recommendation[]
}

const severityOf = { healthy: 'info', degraded: 'warning', unhealthy: 'critical' } as const
const ranks: readonly HealthStatus[] = ['healthy', 'degraded', 'unhealthy']
const worst = (statuses: readonly HealthStatus[]): HealthStatus =>
  statuses.reduce((bad, status) => (ranks.indexOf(status) > ranks.indexOf(bad) ? status : bad), 'healthy')

/** What is wrong, and what to do about it; what is worst about it comes first. */
export function judge(vitals: Vitals): Judgement {
  const findings = checks.flatMap((check) => check(vitals) ?? [])
  const sorted = findings.toSorted((a, b) => ranks.indexOf(b.status) - ranks.indexOf(a.status))
  return {
    status: worst(findings.map(({ status }) => status)),
    issues: sorted.flatMap(({ issue }) => issue ?? []),
    recommendations: sorted.map(({ status, advice }) => ({ severity: severityOf[status], text: advice })),
  }
}

/** Whether the engine serves: its stores, and the workers that need both. A long queue alone is no reason to replace it. */
export function serviceHealth({ redis, postgres, draining, lastMinute }: Vitals): ServiceHealth {
  const ofStore = (status: Vitals['redis']): HealthStatus => (status === 'connected' ? 'healthy' : 'unhealthy')
  const stores = { redis: ofStore(redis), postgres: ofStore(postgres) }
  const working = worst([stores.redis, stores.postgres, lastMinute.retried > 0 ? 'degraded' : 'healthy'])
  const worker: ServiceStatus = draining ? working : 'off'
  return {
    status: worst([stores.redis, stores.postgres, draining ? working : 'healthy']),
    services: { redis: stores.redis, audit_worker: worker, postgres: stores.postgres },
  }
}
