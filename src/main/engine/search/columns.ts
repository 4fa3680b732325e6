import { sql, type RawBuilder } from 'kysely'
import type { EventFieldName, SessionFieldName } from '../../../shared/model/query-fields.ts'
import type { SearchColumns } from './compile.ts'

type Sql = RawBuilder<unknown>

/** What differs between the stores: where they keep times and addresses. */
interface StoreColumns {
  readonly time: Sql
  readonly endedAt: Sql
  /** The address as text. */
  readonly addressText: Sql
}

const eventColumnNames: Partial<Record<EventFieldName, string>> = {
  user: 'user_id',
  email: 'user_email',
  country: 'country',
  session: 'session_id',
  agent: 'user_agent',
  type: 'type',
  category: 'category',
  status: 'status',
  auth: 'auth_method',
  resource: 'resource_type',
  resource_id: 'resource_id',
  description: 'description',
  error: 'error_message',
  duration: 'duration_ms',
  source: 'source',
  kind: 'kind',
  id: 'event_id',
}

const sessionColumnNames: Partial<Record<SessionFieldName, string>> = {
  user: 'user_id',
  country: 'country',
  session: 'session_id',
  agent: 'user_agent',
  profile: 'profile',
  end: 'end_reason',
  calls: 'api_call_count',
}

/** What free text is looked for in, beside the address. */
const freeTextColumns = ['user_id', 'user_email', 'user_agent', 'type', 'description']

const refs = (names: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(names).map(([field, column]): [string, Sql] => [field, sql.ref(column)]))

/** The columns of events, as the view `audit_events` and the cache name them. */
export function eventSearchColumns({ time, addressText }: Omit<StoreColumns, 'endedAt'>): SearchColumns {
  const fields: Record<string, Sql> = { ...refs(eventColumnNames), ip: addressText }
  const texts = freeTextColumns.map((column) => sql.ref(column))
  return { fields, texts: [...texts, addressText], time, endedAt: sql`NULL` }
}

/** The columns of sessions, as the table `redis_sync_sessions` and the cache name them. */
export function sessionSearchColumns({ time, addressText, endedAt }: StoreColumns): SearchColumns {
  const fields: Record<string, Sql> = { ...refs(sessionColumnNames), ip: addressText }
  return { fields, texts: [sql.ref('user_id'), addressText, sql.ref('user_agent')], time, endedAt }
}
