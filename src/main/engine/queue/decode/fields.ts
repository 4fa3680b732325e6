import { Category, type AuditEvent } from '../../../../shared/model/event.ts'
import { parseAddress } from '../../addresses.ts'
import { cleanText, maxIdentifierLength, maxTextLength, parseTime } from '../../clean.ts'
import { flagOf, isEntries, textOf, typeName } from '../../json-values.ts'
import { parseOrNull } from '../json.ts'
import type { Draft } from './draft.ts'

/** Puts one field of an item where it belongs. `value` is never null. */
type Reader = (draft: Draft, value: unknown, name: string) => void

/** Names of an event's columns that hold a `Value`. */
type ColumnOf<Value> = {
  [C in keyof AuditEvent]: null extends AuditEvent[C] ? (Value | null extends AuditEvent[C] ? C : never) : never
}[keyof AuditEvent]

export const tooLong = (name: string, length: number): string =>
  `${name} has ${length} characters, and ${maxIdentifierLength} are the most: a cut would make two identities one`

/** What identifies is never cut. */
const identifier =
  (column: ColumnOf<string>): Reader =>
  (draft, value, name) => {
    const text = textOf(value)
    if (text === null) draft.keepWrong(name, value, `${typeName(value)} where a text was expected`)
    else if (text.length > maxIdentifierLength) draft.refuse(tooLong(name, text.length))
    else if (text !== '') draft.event[column] = cleanText(text, name, maxIdentifierLength, draft.notes)
  }

const text =
  (column: ColumnOf<string>, maxLength: number): Reader =>
  (draft, value, name) => {
    const sent = textOf(value)
    if (sent === null) draft.keepWrong(name, value, `${typeName(value)} where a text was expected`)
    else draft.event[column] = cleanText(sent, name, maxLength, draft.notes)
  }

const time =
  (column: ColumnOf<Date>): Reader =>
  (draft, value, name) => {
    draft.event[column] = parseTime(value)
    if (draft.event[column] === null) draft.keepWrong(name, value, 'not a time')
  }

const flag =
  (column: ColumnOf<boolean>): Reader =>
  (draft, value, name) => {
    draft.event[column] = flagOf(value)
    if (draft.event[column] === null) draft.keepWrong(name, value, 'neither true nor false')
  }

const address: Reader = (draft, value, name) => {
  if (value === '') return
  draft.event.ipAddress = typeof value === 'string' ? parseAddress(value) : null
  if (draft.event.ipAddress === null) draft.keepWrong(name, value, 'not an address')
}

const duration: Reader = (draft, value, name) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) draft.event.durationMs = number
  else draft.keepWrong(name, value, 'not a number')
}

const category: Reader = (draft, value, name) => {
  draft.event.category = Category.options.find((known) => known === value) ?? null
  if (draft.event.category === null) draft.keepWrong(name, value, `none of ${Category.options.join(', ')}`)
}

/** A session id is a credential: whatever cannot be hashed must not get any further. */
const session: Reader = (draft, value, name) => {
  const liveId = textOf(value)
  if (liveId === null) return draft.refuse(`${name} is ${typeName(value)}: expected a text`)
  if (liveId === '') return
  draft.setSession(liveId)
  const stored = draft.event.sessionId ?? ''
  if (stored.length > maxIdentifierLength) draft.refuse(tooLong(name, stored.length))
}

const metadata: Reader = (draft, value, name) => {
  // Some applications write their metadata as JSON inside the JSON; left as text, its secrets would stay.
  const entries = typeof value === 'string' ? parseOrNull(value) : value
  if (isEntries(entries)) draft.addMetadata(entries)
  else draft.keepWrong(name, value, `${typeName(value)} where an object was expected`)
}

const common: [string, Reader][] = [
  ['user_id', identifier('userId')],
  ['session_id', session],
  ['ip_address', address],
  ['user_agent', text('userAgent', maxTextLength)],
  ['metadata', metadata],
  ['details', metadata],
]

/** The columns of audit_sessions. A field without a column there is kept in the metadata. */
export const sessionFields: ReadonlyMap<string, Reader> = new Map([
  ...common,
  ['country', text('country', maxIdentifierLength)],
  ['auth_method', text('authMethod', maxIdentifierLength)],
  ['expires_at', time('expiresAt')],
  ['last_active', time('lastActive')],
  ['is_active', flag('isActive')],
  ['force_logout', flag('forceLogout')],
])

/** The columns of audit_logs. */
export const logFields: ReadonlyMap<string, Reader> = new Map([
  ...common,
  ['user_email', identifier('userEmail')],
  ['event_category', category],
  ['resource_type', identifier('resourceType')],
  ['resource_id', identifier('resourceId')],
  ['description', text('description', maxTextLength)],
  ['status', text('status', maxIdentifierLength)],
  ['error_message', text('errorMessage', maxTextLength)],
  ['duration_ms', duration],
])
