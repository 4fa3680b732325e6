import { parseTime } from '../../clean.ts'
import type { RevocationStep } from '../../revocation-step.ts'
import { blankSession, expiresAt, lastActive } from './fields.ts'
import { javaNumber, javaText, spellings } from './java-values.ts'
import { headOf, keyspace, type StoreKind } from './keyspace.ts'
import type { HashFields, Profile, ReadFacts, Refusal, RevocationFacts, SessionValue, StoredSession } from './types.ts'

const defaultPrefix = 'spring:session:'
/** Session ids, but for what an application's own generator makes of them. */
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const sessions = 'sessions:'
const marker = 'sessions:expires:'
const principalIndex = 'index:org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME:'
const principalAttribute =
  'sessionAttr:org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME'
const attributePrefix = 'sessionAttr:'
/** The indexed repository keeps the hash five minutes longer than the session, for those who are told of its end. */
const indexedOutlivesMs = 300_000
/** Redis has the expiry to the second, the hash to the millisecond, and both were written at two moments. */
const toleranceMs = 60_000

/** As bytes: each reading of a hash compares them. */
const fieldNames = {
  creationTime: Buffer.from('creationTime'),
  lastAccessedTime: Buffer.from('lastAccessedTime'),
  maxInactiveInterval: Buffer.from('maxInactiveInterval'),
  [principalAttribute]: Buffer.from(principalAttribute),
}
type FieldName = keyof typeof fieldNames
const required: readonly FieldName[] = ['creationTime', 'lastAccessedTime', 'maxInactiveInterval']

const fieldOf = (fields: HashFields, name: FieldName): Buffer | undefined =>
  fields.find(([field]) => field.equals(fieldNames[name]))?.[1]

function numberOf(fields: HashFields, name: FieldName): number | null {
  const bytes = fieldOf(fields, name)
  return bytes === undefined ? null : javaNumber(bytes)
}

/** When the session ends by what the hash says; null: never, or it does not say. */
function endOf(fields: HashFields): number | null {
  const lastAccessedMs = numberOf(fields, 'lastAccessedTime')
  const maxInactiveS = numberOf(fields, 'maxInactiveInterval')
  return lastAccessedMs === null || maxInactiveS === null || maxInactiveS < 0
    ? null
    : lastAccessedMs + maxInactiveS * 1_000
}

function decode(fields: HashFields, facts: ReadFacts): SessionValue | Refusal {
  const missing = required.filter((name) => fieldOf(fields, name) === undefined)
  if (missing.length > 0) {
    return {
      refusal: `part of a session of Spring without ${missing.join(', ')}: a request that ended late wrote it; Spring itself takes it for none`,
    }
  }
  const session = blankSession()
  const principal = fieldOf(fields, principalAttribute)
  session.userId = facts.principal ?? (principal === undefined ? null : javaText(principal))
  const createdMs = numberOf(fields, 'creationTime')
  const accessedMs = numberOf(fields, 'lastAccessedTime')
  if (createdMs === null || accessedMs === null) session.notes.push('times: in a serialization that is not read')
  // As dates: a number of milliseconds that is small would be taken for seconds.
  const created = createdMs === null ? null : parseTime(new Date(createdMs))
  if (created !== null) session.extra.push(['createdAt', created.toISOString()])
  if (accessedMs !== null) lastActive(session, new Date(accessedMs), 'lastAccessedTime', facts)
  const endMs = endOf(fields)
  if (endMs !== null) expiresAt(session, new Date(endMs), 'maxInactiveInterval', facts)
  const attributes = fields.flatMap(([name, value]) => {
    const text = String(name)
    return text.startsWith(attributePrefix)
      ? [[text.slice(attributePrefix.length), { bytes: value.length }] as const]
      : []
  })
  if (attributes.length > 0) session.extra.push(['attributes', Object.fromEntries(attributes)])
  return session
}

const partial =
  'A request that is under way writes a part of its session again when it ends: the guard removes it again.'
const tokens = 'Access tokens that were signed for the session stay valid until they expire.'

/** What lies beside the hash. Of a session of the other kind it is not there, and then nothing of it is removed. */
function steps({ prefix, liveId, value, principal }: StoredSession): RevocationStep[] {
  const fields = value.type === 'hash' ? value.fields : []
  const attribute = fieldOf(fields, principalAttribute)
  const user = principal ?? (attribute === undefined ? null : javaText(attribute))
  const endMs = endOf(fields)
  const found: RevocationStep[] = []
  if (user !== null) {
    found.push({ act: 'removeMembers', key: `${prefix}${principalIndex}${user}`, members: spellings(liveId) })
  }
  if (endMs !== null) {
    // The minute that begins after the end.
    const minuteMs = (Math.floor(endMs / 60_000) + 1) * 60_000
    found.push({
      act: 'removeMembers',
      key: `${prefix}expirations:${minuteMs}`,
      members: spellings(`expires:${liveId}`),
    })
  }
  found.push({ act: 'removeMembers', key: `${prefix}${sessions}expirations`, members: spellings(liveId) })
  found.push({ act: 'delete', key: `${prefix}${marker}${liveId}` })
  return found
}

const springSession = (name: string, how: string): Extract<Profile, { type: 'hash' }> => {
  const revocation: RevocationFacts = { how, publishesForceLogout: false, doesNotEnd: [partial, tokens], steps }
  return { name, type: 'hash', revocation, decode }
}
const plain = springSession('spring-session', 'The hash is deleted in Redis.')
const indexed = springSession(
  'spring-session-indexed',
  "The session is taken out of its user's index and of the expirations, its expiry marker and its hash are deleted in Redis; the application hears of the end if it listens to keyspace events.",
)
/** Told from the plain kind by the five minutes that its hash stays longer. */
const indexedAlone: typeof indexed = {
  ...indexed,
  decode: (fields, facts) =>
    (facts.keyOutlivesMs ?? 0) > 0 ? decode(fields, facts) : { refusal: 'the hash ends with its session' },
}

/** `<namespace>:sessions:<id>` and what the indexed repository keeps beside it; the namespace is `spring:session`. */
export const spring: StoreKind = {
  profiles: [indexedAlone, plain],
  prefixIn(key) {
    if (key.startsWith(defaultPrefix)) return defaultPrefix
    // Other applications have keys like these, too: an expiry marker or such a name is more than a likeness.
    const head = headOf(key, `:${marker}`, uuid)?.slice(0, -marker.length) ?? headOf(key, `:${sessions}`, uuid)
    if (head === null) return null
    const prefix = head.endsWith(sessions) ? head.slice(0, -sessions.length) : head
    return prefix !== head && !/spring|session/i.test(prefix) ? null : prefix
  },
  at: (prefix) => ({
    ...keyspace(prefix, [indexedAlone, plain]),
    pattern: `${prefix}${sessions}<id>`,
    principalsUnder: principalIndex,
    isFoundByOthers: prefix !== defaultPrefix,
    liveIdIn(rest) {
      if (!rest.startsWith(sessions) || rest.startsWith(marker) || rest === `${sessions}expirations`) return null
      return rest.slice(sessions.length)
    },
    restOf: (liveId) => `${sessions}${liveId}`,
    sideKindOf(rest) {
      if (rest.startsWith(marker)) return 'expiry markers'
      if (rest.startsWith(principalIndex)) return 'users in the index'
      return rest.startsWith('expirations:') || rest === `${sessions}expirations` ? 'expirations' : 'other keys'
    },
    outlivesMs(fields, keyExpiresAtMs) {
      const endMs = endOf(fields)
      const isIndexed = endMs !== null && Math.abs(keyExpiresAtMs - endMs - indexedOutlivesMs) < toleranceMs
      return isIndexed ? indexedOutlivesMs : 0
    },
  }),
}
