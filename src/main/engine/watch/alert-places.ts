import type { AlertPlace } from '../../../shared/model/alert-place.ts'
import type { Alert } from '../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Rule } from './rule.ts'
import type { RuleEnvironment } from './rules/environment.ts'

/** Measures of a way. */
const ofWays: ReadonlySet<string> = new Set(['travel', 'travel_km'])

/**
 * Where the events of an alert came from, oldest first, for alerts of a rule that measures a way; none for others, whose
 * places would say nothing. Looked up in the databases of now: an alert names the versions that it was raised by.
 */
export function createAlertPlaces(environment: RuleEnvironment, rules: () => readonly Rule[]) {
  const measuresWays = (ruleId: string) =>
    rules()
      .find((rule) => rule.ruleId === ruleId)
      ?.levels.some(({ conditions }) => conditions.some(({ measure }) => ofWays.has(measure.name))) === true

  const textOf = (field: string, event: AuditEvent): string | null => {
    const value = environment.field(field)?.read(event)
    return typeof value === 'string' ? value : null
  }
  const numberOf = (field: string, event: AuditEvent): number | null => {
    const value = environment.field(field)?.read(event)
    return typeof value === 'number' ? value : null
  }
  function placeOf(event: AuditEvent): AlertPlace | null {
    const latitude = numberOf('geo.latitude', event)
    const longitude = numberOf('geo.longitude', event)
    const radiusKm = numberOf('geo.radius_km', event)
    if (latitude === null || longitude === null || radiusKm === null) return null
    const [city, country] = [textOf('geo.city', event), textOf('geo.country', event)]
    const { eventId, createdAt: at, ipAddress } = event
    return { eventId, at, city, country, ipAddress, latitude, longitude, radiusKm }
  }
  return ({ ruleId }: Pick<Alert, 'ruleId'>, events: readonly AuditEvent[]): AlertPlace[] =>
    measuresWays(ruleId) ? events.map(placeOf).filter((place) => place !== null) : []
}
