import { blankEvent, isLifecycleType, type AuditEvent } from '../../../src/shared/model/event.ts'
import type { EventId, SessionId } from '../../../src/shared/model/ids.ts'
import type { Label } from './label.ts'

/** Who does something, from where and with what. */
export interface Actor {
  userId: string
  ip: string
  agent: string | null
  authMethod?: string
  sessionId?: string
}

/** What happens, as the store will have it, and what of it ought to be found. */
export class Tape {
  readonly events: AuditEvent[] = []
  readonly labels: Label[] = []
  #serial = 0
  #sessions = 0

  newSession = (): string => `s-${(++this.#sessions).toString(36).padStart(6, '0')}`

  write(atMs: number, type: string, { userId, ip, agent, authMethod = 'password', sessionId }: Actor): AuditEvent {
    const kind = isLifecycleType(type) ? 'session' : 'log'
    const event = blankEvent({
      eventId: `g${(++this.#serial).toString(36).padStart(6, '0')}` as EventId,
      createdAt: new Date(Math.round(atMs)),
      kind,
      type,
      source: 'queue',
    })
    event.userId = userId
    event.ipAddress = ip
    event.userAgent = agent
    if (kind === 'session') event.authMethod = authMethod
    if (sessionId !== undefined) event.sessionId = sessionId as SessionId
    this.events.push(event)
    return event
  }

  /** What `make` writes is one attack on or by these. */
  label(kind: string, form: Label['form'], entities: Iterable<string>, make: () => void): void {
    const from = this.events.length
    make()
    const times = this.events.slice(from).map(({ createdAt }) => createdAt.getTime())
    this.labels.push({
      kind,
      form,
      entities: new Set(entities),
      fromMs: Math.min(...times),
      toMs: Math.max(...times),
    })
  }
}
