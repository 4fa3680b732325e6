import type { ProducedEvent } from '../../instrument/index.ts'
import type { Random } from './random.ts'
import { sessionTtlSeconds, type SampleSession } from './sessions.ts'

/** An event of a session's life as the application reports it. */
export const lifecycle = (
  type: 'login' | 'logout' | 'failed_login',
  session: SampleSession,
  atMs: number,
): ProducedEvent => ({
  event_type: type,
  user_id: session.person.userId,
  ...(type === 'failed_login' ? {} : { session_id: session.id }),
  ip_address: session.ip,
  user_agent: session.agent,
  country: session.person.country,
  auth_method: session.person.authMethod,
  created_at: new Date(atMs).toISOString(),
  ...(type === 'login' ? { expires_at: new Date(atMs + sessionTtlSeconds * 1_000).toISOString() } : {}),
  metadata: { sample_label: 'normal' },
})

/** What people do besides coming and going, in the queue's other dialects. */
export function sideEvents(random: Random, live: readonly SampleSession[], nowMs: number): ProducedEvent[] {
  if (live.length === 0) return []
  return Array.from({ length: random.poisson(1.5) }, () => sideEvent(random, random.pick(live), nowMs))
}

function sideEvent(random: Random, session: SampleSession, nowMs: number): ProducedEvent {
  const who = { user_id: session.person.userId, ip_address: session.ip, user_agent: session.agent }
  const created_at = new Date(nowMs).toISOString()
  switch (random.between(0, 5)) {
    case 0:
      return {
        ...who,
        created_at,
        event_type: 'api_key_created',
        event_category: 'info',
        resource_type: 'api_key',
        resource_id: `key-${random.between(1, 900)}`,
        description: 'API key created',
      }
    case 1:
      return {
        ...who,
        created_at,
        event_type: 'usage_warning_80_percent',
        event_category: 'warning',
        resource_type: 'plan',
        resource_id: session.person.weight > 2 ? 'enterprise' : 'team',
        description: '80 % of the monthly calls are used',
      }
    case 2:
      return { timestamp: created_at, user_id: session.person.userId }
    case 3:
      return { ...who, created_at, event_type: 'token_refresh', session_id: session.id }
    default:
      return {
        ...who,
        created_at,
        action: random.pick(['document.read', 'document.update', 'report.export', 'member.invite']),
        user_email: session.person.email,
        resource_type: 'document',
        resource_id: `doc-${random.between(1, 5_000)}`,
        status: random.next() < 0.97 ? 'success' : 'failure',
        duration_ms: random.between(3, 240),
      }
  }
}
