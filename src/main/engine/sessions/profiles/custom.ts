import type { CustomStore } from '../../custom-store.ts'
import { isEntries, parseObject } from '../../json-values.ts'
import { address, blankSession, callCount, expiresAt, flag, lastActive, text, type FieldReader } from './fields.ts'
import { readTexts } from './hash-texts.ts'
import { keyspace, type Keyspace } from './keyspace.ts'
import type { Profile, ReadFacts, Refusal, RevocationFacts, SessionValue } from './types.ts'

type FieldName = keyof CustomStore['fields']

const readers: Readonly<Record<FieldName, FieldReader>> = {
  userId: text('userId'),
  ipAddress: address,
  userAgent: text('userAgent'),
  country: text('country'),
  lastActive,
  expiresAt,
  isActive: flag('isActive'),
  forceLogout: flag('forceLogout'),
  apiCallCount: callCount,
}
const times: readonly string[] = ['lastActive', 'expiresAt']

const revocation: RevocationFacts = {
  how: 'The key is deleted in Redis.',
  publishesForceLogout: false,
  doesNotEnd: [
    'A request that is under way may save its session again: the guard removes it again.',
    'Access tokens that were signed for the session stay valid until they expire.',
  ],
}

/** The value at a path, or undefined. What a hash holds is text, so JSON in it is opened on the way down. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  let inner = value
  for (const name of path) {
    if (typeof inner === 'string' && inner.startsWith('{')) {
      const parsed = parseObject(Buffer.from(inner))
      inner = 'object' in parsed ? parsed.object : undefined
    }
    if (!isEntries(inner) || !Object.hasOwn(inner, name)) return undefined
    inner = inner[name]
  }
  return inner
}

/** A number as the milliseconds that it means. */
function inUnit(value: unknown, unit: CustomStore['timeUnit']): unknown {
  if (unit === 'auto') return value
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
  if (typeof number !== 'number') return value
  const time = new Date(unit === 's' ? number * 1_000 : number)
  // What is no time stays as it came, to be shown.
  return Number.isNaN(time.getTime()) ? value : time
}

function decode(store: CustomStore, object: Record<string, unknown>, facts: ReadFacts): SessionValue | Refusal {
  const session = blankSession()
  const paths = Object.entries(store.fields) as [FieldName, string][]
  let known = 0
  for (const [name, path] of paths) {
    const value = valueAt(object, path.split('.'))
    if (value === undefined) continue
    known++
    if (value !== null)
      readers[name](session, times.includes(name) ? inUnit(value, store.timeUnit) : value, path, facts)
  }
  if (known === 0) {
    return {
      refusal: `no field of mirror.custom ${store.name}: expected ${paths.map(([, path]) => path).join(' or ')}`,
    }
  }
  const consumed = new Set(paths.map(([, path]) => path))
  session.extra.push(...Object.entries(object).filter(([name]) => !consumed.has(name)))
  return session
}

function profileOf(store: CustomStore): Profile {
  const shared = { name: store.name, isConfigured: true, revocation }
  if (store.type === 'hash') {
    return {
      ...shared,
      type: 'hash',
      decode: (fields, facts) => readTexts(fields, (texts) => decode(store, Object.fromEntries(texts), facts)),
    }
  }
  return {
    ...shared,
    type: 'string',
    decode(bytes, facts) {
      const parsed = parseObject(bytes)
      return 'refusal' in parsed ? parsed : decode(store, parsed.object, facts)
    },
  }
}

/** One keyspace a prefix; the mappings of it have one suffix (CustomStores). */
export function customKeyspaces(stores: readonly CustomStore[]): Keyspace[] {
  const byPattern = Map.groupBy(stores, ({ keyPattern }) => keyPattern)
  return [...byPattern].map(([pattern, ofPattern]) => {
    const [prefix = '', suffix = ''] = pattern.split('*')
    const isSession = (rest: string): boolean => rest.endsWith(suffix) && rest.length > suffix.length
    return keyspace(prefix, ofPattern.map(profileOf), {
      pattern: `${prefix}<id>${suffix}`,
      liveIdIn: (rest) => (suffix === '' || isSession(rest) ? rest.slice(0, rest.length - suffix.length) : null),
      restOf: (liveId) => `${liveId}${suffix}`,
    })
  })
}
