import type { Alert } from '../../../shared/model/alert.ts'

const times = ['windowStart', 'windowEnd', 'closedAt', 'createdAt'] as const

/** Alerts are read as a whole, never searched by field: one JSON text each. */
export const alertToJson = (alert: Alert): string => JSON.stringify(alert)

export function alertFromJson(text: string): Alert {
  const alert = JSON.parse(text) as Record<string, unknown>
  for (const name of times) {
    const value = alert[name]
    alert[name] = typeof value === 'string' ? new Date(value) : null
  }
  return alert as Alert
}
