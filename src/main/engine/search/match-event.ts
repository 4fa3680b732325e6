import type { AuditEvent } from '../../../shared/model/event.ts'
import type { EventFieldName } from '../../../shared/model/query-fields.ts'
import { ipv4High, ipv4Low, type AddressRange } from '../address-range.ts'
import { addressKey } from '../addresses.ts'
import type { Condition } from './condition.ts'
import type { Pattern } from './pattern.ts'
import type { Comparison } from './syntax-tree.ts'

type FieldValue = string | number | null

/** What the fields of a query are in an event that is not in a store yet. Times have conditions of their own. */
const fieldValues: Readonly<
  Record<Exclude<EventFieldName, 'last' | 'after' | 'before' | 'at'>, (event: AuditEvent) => FieldValue>
> = {
  user: (event) => event.userId,
  ip: (event) => event.ipAddress,
  country: (event) => event.country,
  session: (event) => event.sessionId,
  agent: (event) => event.userAgent,
  type: (event) => event.type,
  email: (event) => event.userEmail,
  category: (event) => event.category,
  status: (event) => event.status,
  auth: (event) => event.authMethod,
  resource: (event) => event.resourceType,
  resource_id: (event) => event.resourceId,
  description: (event) => event.description,
  error: (event) => event.errorMessage,
  duration: (event) => event.durationMs,
  source: (event) => event.source,
  kind: (event) => event.kind,
  id: (event) => event.eventId,
}

/** Whether an event meets a condition, as the stores would say it: the live tail asks this of what was just stored. */
export function matchesEvent(condition: Condition, event: AuditEvent): boolean {
  switch (condition.kind) {
    case 'all':
      return true
    case 'and':
      return condition.conditions.every((child) => matchesEvent(child, event))
    case 'or':
      return condition.conditions.some((child) => matchesEvent(child, event))
    case 'not':
      return !matchesEvent(condition.condition, event)
    case 'anyText':
      return textsOf(event).some((text) => text !== null && matchesPattern(condition.pattern, text))
    case 'present':
      return valueOf(event, condition.field) !== null
    case 'equals':
      return valueOf(event, condition.field) === condition.value
    case 'like': {
      const value = valueOf(event, condition.field)
      return value !== null && matchesPattern(condition.pattern, String(value))
    }
    case 'compare': {
      const value = valueOf(event, condition.field)
      return typeof value === 'number' && compares[condition.comparison](value, condition.value)
    }
    case 'within':
      return event.ipAddress !== null && liesWithin(event.ipAddress, condition.range)
    case 'time': {
      const atMs = event.createdAt.getTime()
      return (
        (condition.fromMs === null || atMs >= condition.fromMs) &&
        (condition.untilMs === null || atMs < condition.untilMs)
      )
    }
    case 'ended':
      return false
  }
}

const compares: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/** The columns that a free text is looked for in: those of the stores' searches (event-columns of each dialect). */
const textsOf = (event: AuditEvent): (string | null)[] => [
  event.userId,
  event.userAgent,
  event.ipAddress,
  event.type,
  event.description,
  event.userEmail,
]

function valueOf(event: AuditEvent, field: string): FieldValue {
  const read = (fieldValues as Readonly<Record<string, (event: AuditEvent) => FieldValue>>)[field]
  if (read === undefined) throw new Error(`The field "${field}" of the query language has no value in an event.`)
  return read(event)
}

function liesWithin(address: string, range: AddressRange): boolean {
  const key = addressKey(address)
  const isIPv4 = key.compare(ipv4Low) >= 0 && key.compare(ipv4High) <= 0
  return key.compare(range.low) >= 0 && key.compare(range.high) <= 0 && !(range.spansIPv4 && isIPv4)
}

type PatternStep = '*' | '?' | { readonly literal: string }

const lowerAscii = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/** `*` any text, `?` any one character, letters A to Z in either case; in time linear in the text for each `*`. */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  const wanted: PatternStep[] = []
  for (const part of pattern) {
    if (typeof part === 'string') wanted.push(part)
    else for (const literal of lowerAscii(part.text)) wanted.push({ literal })
  }
  const given = Array.from(lowerAscii(text))
  let at = 0
  let part = 0
  let starPart = -1
  let starAt = 0
  while (at < given.length) {
    const next = wanted[part]
    if (next === '*') {
      starPart = part++
      starAt = at
    } else if (next === '?' || (next !== undefined && next.literal === given[at])) {
      part++
      at++
    } else if (starPart >= 0) {
      // Let the last star take one character more.
      part = starPart + 1
      at = ++starAt
    } else return false
  }
  return wanted.slice(part).every((rest) => rest === '*')
}
