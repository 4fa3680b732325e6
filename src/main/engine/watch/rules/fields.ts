import { parseAddress } from '../../addresses.ts'
import { bareEnvironment, type RuleEnvironment } from './environment.ts'
import { isList, type Field, type FieldValue, type ReadField } from './field.ts'

export type { EventTest, FieldValue, ReadField } from './field.ts'

/** Names that rules use: those of the contract's event, written as the columns of the audit tables are. */
const readers: Readonly<Record<string, ReadField>> = {
  event_id: (event) => event.eventId,
  event_type: (event) => event.type,
  category: (event) => event.category,
  user_id: (event) => event.userId,
  user_email: (event) => event.userEmail,
  session_id: (event) => event.sessionId,
  ip_address: ({ ipAddress }) => (ipAddress === null ? null : plainAddress(ipAddress)),
  user_agent: (event) => event.userAgent,
  country: (event) => event.country,
  auth_method: (event) => event.authMethod,
  resource_type: (event) => event.resourceType,
  resource_id: (event) => event.resourceId,
  description: (event) => event.description,
  status: (event) => event.status,
  error_message: (event) => event.errorMessage,
  duration_ms: (event) => event.durationMs,
  is_active: (event) => event.isActive,
  force_logout: (event) => event.forceLogout,
  source: (event) => event.source,
  created_at: (event) => isoTime(event.createdAt),
  expires_at: (event) => isoTime(event.expiresAt),
  last_active: (event) => isoTime(event.lastActive),
}

const columns: ReadonlyMap<string, Field> = new Map(
  Object.entries(readers).map(([name, read]) => [name, { name, read, columns: [name], uses: [], cost: 1 }]),
)

export const columnNames: readonly string[] = [...columns.keys()]

/** The fields there are, as a message lists them. */
export const fieldList = ({ fieldNames }: RuleEnvironment): string =>
  [...columnNames, 'metadata.<name>', ...fieldNames].join(', ')

/** The field of that name, or null where there is none. `metadata.a.b` is a nested value. */
export function findField(name: string, environment: RuleEnvironment): Field | null {
  return columns.get(name) ?? metadataField(name) ?? enrichedField(name, environment)
}

/** How to read a field that events carry themselves, or null where there is none of that name. */
export const readerOf = (name: string): ReadField | null => findField(name, bareEnvironment)?.read ?? null

/** Beside 1 for a column. */
const lookUpCost = 20

const isoTime = (time: Date | null): string | null =>
  time === null || Number.isNaN(time.getTime()) ? null : time.toISOString()

const colon = 58

/** IPv4-mapped IPv6 is its IPv4: one client, one address. */
const plainAddress = (text: string): string =>
  text.charCodeAt(0) === colon && text.charCodeAt(1) === colon ? (parseAddress(text) ?? text) : text

function metadataField(name: string): Field | null {
  const [root, ...names] = name.split('.')
  if (root !== 'metadata' || names.length === 0 || names.includes('')) return null
  return {
    name,
    read: ({ metadata }) => {
      const value = at(metadata, names)
      return Array.isArray(value) ? value.map(scalar).join(', ') : scalar(value)
    },
    readAll: ({ metadata }) => {
      const value = at(metadata, names)
      return Array.isArray(value) ? value.map(scalar).filter((one) => one !== null) : scalar(value)
    },
    exists: ({ metadata }) => at(metadata, names) !== undefined,
    columns: null,
    uses: [],
    cost: 2,
  }
}

function enrichedField(name: string, environment: RuleEnvironment): Field | null {
  const field = environment.field(name)
  if (field === null) return null
  const { read, uses } = field
  return {
    name,
    read: (event) => {
      const value = read(event)
      return isList(value) ? value.join(', ') : value
    },
    readAll: read,
    exists: (event) => {
      const value = read(event)
      return isList(value) ? value.length > 0 : value !== null
    },
    columns: lookedUpBy(name),
    uses,
    cost: lookUpCost,
  }
}

/** Where an address leads nowhere, geography goes by what the application said. */
const lookedUpBy = (name: string): string[] =>
  name.startsWith('geo.') ? ['ip_address', 'country'] : [name.startsWith('ip.') ? 'ip_address' : 'user_agent']

/** What lies at a path of own properties; undefined where it ends too early. */
function at(value: unknown, names: readonly string[]): unknown {
  let found = value
  for (const name of names) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}

/** Objects are no value. */
const scalar = (value: unknown): FieldValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
