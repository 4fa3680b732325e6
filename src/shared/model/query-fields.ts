import { Category, EventSource, lifecycleTypes } from './event.ts'
import { EndReason } from './session.ts'

/**
 * How the values of a field are read and compared:
 * - `identifier`: equal, exactly as written (the stores find these by index)
 * - `word`: equal, upper or lower case alike
 * - `text`: contained, upper or lower case alike
 * - `choice`: one of `values`, upper or lower case alike
 * - `number`: equal, compared (`>100`) or in a range (`[10 TO 20]`)
 * - `address`: an IP address or a network (`10.0.0.0/8`)
 * - `session`: a session id as the application knows it, or as the audit store does
 * - `span`: a stretch of time up to now (`24h`)
 * - `after`, `before`: a moment, as date and time or as an age (`2h`)
 * - `time`: the stretch that a date or time names, compared, or a range of them
 *
 * `*` and `?` in an unquoted value stand for any text and any one character; such a value ignores case.
 */
export type QueryFieldType =
  | 'identifier'
  | 'word'
  | 'text'
  | 'choice'
  | 'number'
  | 'address'
  | 'session'
  | 'span'
  | 'after'
  | 'before'
  | 'time'

/** A field of the query language, as the parser reads it and the screen completes it. */
export interface QueryField {
  readonly name: string
  /** Other names it goes by, first of all the column's own. */
  readonly aliases: readonly string[]
  readonly type: QueryFieldType
  /** What it selects, in one line. */
  readonly hint: string
  /** All values of a `choice`; of other types the likely ones. */
  readonly values?: readonly string[]
}

/** States of a session that a search can ask for; `live` is all but `ended`. */
export const sessionStates = ['live', 'active', 'recent', 'idle', 'ended'] as const
export type SessionState = (typeof sessionStates)[number]

/** Event types of DATA.md that are no session events; applications may send others. */
const knownLogTypes = [
  'register',
  'password_change',
  'password_reset_request',
  'password_reset_complete',
  'email_verified',
  'account_upgraded',
  'api_key_created',
  'api_key_deleted',
  'api_key_rotated',
  'usage_limit_reached',
  'usage_warning_80_percent',
  'usage_warning_90_percent',
  'rate_limit_hit',
  'brute_force_attempt',
  'suspicious_activity',
  'permanent_ban_applied',
]

const spans = ['15m', '1h', '24h', '7d']

const whoAndWhere = [
  { name: 'user', aliases: ['user_id'], type: 'identifier', hint: 'user id; * stands for anything' },
  { name: 'ip', aliases: ['ip_address', 'address'], type: 'address', hint: 'address or network: 10.0.0.0/8' },
  { name: 'country', aliases: [], type: 'word', hint: 'two letters: DE' },
  {
    name: 'session',
    aliases: ['session_id'],
    type: 'session',
    hint: 'session id: typed in the clear it is hashed, 64 hex digits are taken as they are',
  },
  { name: 'agent', aliases: ['user_agent'], type: 'text', hint: 'words of the user agent' },
] as const satisfies readonly QueryField[]

/** Fields of events: the columns of `audit_sessions` and `audit_logs`. */
export const eventQueryFields = [
  ...whoAndWhere,
  {
    name: 'type',
    aliases: ['event_type', 'action'],
    type: 'identifier',
    hint: 'what happened',
    values: [...lifecycleTypes, ...knownLogTypes],
  },
  { name: 'email', aliases: ['user_email'], type: 'word', hint: 'e-mail address of the user' },
  {
    name: 'category',
    aliases: [],
    type: 'choice',
    hint: 'weight that the application gave it',
    values: Category.options,
  },
  { name: 'status', aliases: [], type: 'word', hint: 'outcome of an action' },
  { name: 'auth', aliases: ['auth_method'], type: 'word', hint: 'how the user signed in: password, jwt, sso' },
  { name: 'resource', aliases: ['resource_type'], type: 'identifier', hint: 'kind of thing that was acted on' },
  { name: 'resource_id', aliases: [], type: 'identifier', hint: 'id of the thing that was acted on' },
  { name: 'description', aliases: [], type: 'text', hint: 'words of the description' },
  { name: 'error', aliases: ['error_message'], type: 'text', hint: 'words of the error message' },
  { name: 'duration', aliases: ['duration_ms'], type: 'number', hint: 'milliseconds that it took: >500' },
  { name: 'source', aliases: [], type: 'choice', hint: 'who told us', values: EventSource.options },
  {
    name: 'kind',
    aliases: [],
    type: 'choice',
    hint: "life of a session, or the application's log",
    values: ['session', 'log'],
  },
  { name: 'id', aliases: ['event_id'], type: 'identifier', hint: 'id of the event' },
  { name: 'last', aliases: [], type: 'span', hint: 'a stretch up to now: 15m, 24h, 7d', values: spans },
  {
    name: 'after',
    aliases: ['since'],
    type: 'after',
    hint: 'from this time on: 2026-11-20, 2026-11-20T14:00Z, or an age: 2h',
  },
  { name: 'before', aliases: ['until'], type: 'before', hint: 'up to this time, not included' },
  {
    name: 'at',
    aliases: ['time', 'created_at'],
    type: 'time',
    hint: 'a day, hour or range: [2026-11-01 TO 2026-11-20]',
  },
] as const satisfies readonly QueryField[]

/** Fields of sessions: the columns of `redis_sync_sessions`. Times are those of the last activity. */
export const sessionQueryFields = [
  ...whoAndWhere,
  {
    name: 'state',
    aliases: [],
    type: 'choice',
    hint: 'active under 5 minutes, recent under 1 hour, idle beyond; live is all three',
    values: sessionStates,
  },
  { name: 'profile', aliases: [], type: 'word', hint: 'session store that it came from' },
  { name: 'end', aliases: ['end_reason', 'reason'], type: 'choice', hint: 'why it ended', values: EndReason.options },
  { name: 'calls', aliases: ['api_call_count'], type: 'number', hint: 'calls of the API: >100' },
  { name: 'last', aliases: [], type: 'span', hint: 'used within a stretch up to now: 15m, 24h, 7d', values: spans },
  { name: 'after', aliases: ['since'], type: 'after', hint: 'last used from this time on: 2026-11-20, or an age: 2h' },
  { name: 'before', aliases: ['until'], type: 'before', hint: 'last used before this time' },
  { name: 'at', aliases: ['time', 'last_active'], type: 'time', hint: 'last used on a day, in an hour or a range' },
] as const satisfies readonly QueryField[]

export type EventFieldName = (typeof eventQueryFields)[number]['name']
export type SessionFieldName = (typeof sessionQueryFields)[number]['name']

/** The field that a typed name means, whatever its case; undefined if there is none. */
export function findQueryField(fields: readonly QueryField[], typed: string): QueryField | undefined {
  const name = typed.toLowerCase()
  return fields.find((field) => field.name === name || field.aliases.includes(name))
}
