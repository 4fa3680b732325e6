import { eventOfFact, minuteKey, minuteOf, type Fact } from '../../../../src/main/engine/observe/fact.ts'
import type { SessionId } from '../../../../src/shared/model/ids.ts'
import type { Label } from '../label.ts'
import { anyPerson, type Attack, type Scene } from './scene.ts'

/** What the observer would have written: facts, as far apart as it looks. */
function tell({ tape }: Scene, atMs: number, fact: Omit<Fact, 'at' | 'key'> & { key?: string }): void {
  const at = minuteOf(atMs)
  tape.events.push(eventOfFact({ key: minuteKey(at), ...fact, at }))
}

const surge = (scene: Scene, atMs: number, ratio: number): void =>
  tell(scene, atMs, {
    kind: 'login_surge',
    description: 'More logins than in the hour before',
    metadata: { logins: Math.round(40 * ratio), median: 40, ratio },
  })

const spike = (scene: Scene, atMs: number, ratio: number): void =>
  tell(scene, atMs, {
    kind: 'latency_spike',
    description: 'Redis answers slowly',
    metadata: { p95_ms: Math.round(12 * ratio), median_ms: 12, ratio },
  })

const drop = (scene: Scene, atMs: number, percent: number): void =>
  tell(scene, atMs, {
    kind: 'session_drop',
    description: 'Sessions are gone, and nothing says why',
    metadata: { from: 1_000, to: 1_000 - percent * 10, explained: 0, drop_percent: percent },
  })

/** The kind of an attack on the system, or outage, told at `atMs`. */
const outage =
  (kind: string, make: (scene: Scene, form: 'easy' | 'hard', atMs: number) => void): Attack =>
  (scene, form, atMs) =>
    scene.tape.label(kind, form, ['all', 'system'], () => make(scene, form, atMs))

/** Hard: both three times the median, and in different minutes. */
export const loadedLogins = outage('latency_with_login_surge', (scene, form, atMs) => {
  surge(scene, atMs, form === 'easy' ? 6 : 3)
  spike(scene, atMs + (form === 'easy' ? 0 : 60_000), form === 'easy' ? 5 : 3.1)
})

export const sessionDrop = outage('session_drop', (scene, form, atMs) => drop(scene, atMs, form === 'easy' ? 70 : 41))

export const queueBacklog = outage('queue_backlog', (scene, form, atMs) =>
  tell(scene, atMs, {
    kind: 'queue_backlog',
    description: 'Events wait to be stored',
    metadata: { waiting: form === 'easy' ? 60_000 : 5_001 },
  }),
)

export const writeFailures = outage('write_failures', (scene, form, atMs) =>
  tell(scene, atMs, {
    kind: 'write_failures',
    description: 'Events could not be stored',
    metadata: { per_minute: form === 'easy' ? 900 : 101 },
  }),
)

export const droppedEvents = outage('events_dropped', (scene, form, atMs) =>
  tell(scene, atMs, {
    kind: 'events_dropped',
    description: 'Producers dropped events',
    metadata: { count: form === 'easy' ? 700 : 1 },
  }),
)

/** A revoked session is in Redis still, or again. */
export const livingRevoked: Attack = (scene, form, atMs) => {
  const person = anyPerson(scene)
  const sessionId = scene.tape.newSession() as SessionId
  scene.tape.label('revoked_session_alive', form, [person.userId, sessionId], () =>
    tell(scene, atMs, {
      kind: 'revoked_session_alive',
      key: sessionId,
      description: 'A revoked session is in Redis',
      metadata: { seconds: form === 'easy' ? 300 : 11 },
      userId: person.userId,
      sessionId,
    }),
  )
}

/** Facts about honest people that the catalogue tells at the level info. */
function notable(scene: Scene, kind: Label['kind'], entities: string[], tellIt: () => void): void {
  scene.tape.label(kind, 'notable', entities, tellIt)
}

export const idleSession = (scene: Scene, atMs: number, hours: 24 | 168): void => {
  const { userId } = anyPerson(scene)
  const sessionId = scene.tape.newSession() as SessionId
  notable(scene, 'idle_session', [userId, sessionId], () =>
    tell(scene, atMs, {
      kind: 'session_idle',
      key: `${sessionId}:${hours}`,
      description: `A session has rested for ${hours} hours`,
      metadata: { hours },
      userId,
      sessionId,
    }),
  )
}

export const powerUser = (scene: Scene, atMs: number, calls: number): void => {
  const { userId } = anyPerson(scene)
  notable(scene, 'power_user', [userId], () =>
    tell(scene, atMs, {
      kind: 'power_user',
      key: `${userId}:${new Date(atMs).toISOString().slice(0, 10)}`,
      description: 'Many calls in a day',
      metadata: { calls },
      userId,
    }),
  )
}

/** What the observer tells on ordinary days too, below what any rule looks for, or one half of a pair of facts. */
export function ordinaryFacts(scene: Scene, atMs: number): void {
  switch (scene.random.between(0, 4)) {
    case 0:
      return surge(scene, atMs, 3.5)
    case 1:
      return spike(scene, atMs, 4)
    case 2:
      return drop(scene, atMs, 30)
    case 3:
      return tell(scene, atMs, { kind: 'queue_backlog', description: 'Events wait', metadata: { waiting: 3_000 } })
    default:
      return tell(scene, atMs, {
        kind: 'write_failures',
        description: 'Events could not be stored',
        metadata: { per_minute: 40 },
      })
  }
}
