import type { ServerResponse } from 'node:http'
import type { EngineClient } from '../../shared/contract/index.ts'
import { messageOf } from '../../shared/errors.ts'
import type { ServiceHealth } from '../../shared/model/health.ts'

/** Prometheus gives up after 10 s by default. */
const timeoutMs = 8_000

interface Answer {
  status: number
  type: string
  body: string
}
const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
})

/** While the engine itself does not answer. */
const noEngine: ServiceHealth = {
  status: 'unhealthy',
  services: { redis: 'unhealthy', audit_worker: 'unhealthy', postgres: 'unhealthy' },
}

/** What other programs ask for, by its address: metrics for Prometheus, health for whoever restarts or routes. */
export function createMonitoring({ monitoring }: Pick<EngineClient, 'monitoring'>) {
  const answers: Readonly<Record<string, (signal: AbortSignal) => Promise<Answer>>> = {
    '/metrics': async (signal) => ({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: await monitoring.metrics(undefined, { signal }),
    }),
    '/api/v1/monitoring/audit-metrics': async (signal) =>
      json(200, await monitoring.auditMetrics(undefined, { signal })),
    '/api/v1/monitoring/health': async (signal) => {
      const health = await monitoring.health(undefined, { signal }).catch(() => noEngine)
      return json(health.status === 'unhealthy' ? 503 : 200, health)
    },
  }
  const unavailable = (error: unknown): Answer => ({
    status: 503,
    type: 'text/plain; charset=utf-8',
    body: `The engine does not answer: ${messageOf(error)}\n`,
  })

  return {
    has: (pathname: string): boolean => Object.hasOwn(answers, pathname),
    async send(pathname: string, response: ServerResponse): Promise<void> {
      const answer = await answers[pathname]?.(AbortSignal.timeout(timeoutMs)).catch(unavailable)
      const { status, type, body } = answer ?? unavailable('there is no such answer')
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body)
    },
  }
}
