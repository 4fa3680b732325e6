import type { AlertState, Severity, Verdict } from '../../shared/model/alert.ts'
import type { AuditEvent } from '../../shared/model/event.ts'
import type { RevocationOutcome } from '../../shared/model/revocation.ts'
import type { SessionStatus } from '../../shared/model/session.ts'
import type { ConnectionState } from '../../shared/model/system.ts'
import type { Tone } from './Mark.tsx'

export const severityTone: Readonly<Record<Severity, Tone>> = {
  info: 'none',
  low: 'info',
  medium: 'warning',
  high: 'critical',
  critical: 'critical',
}

export const stateTone: Readonly<Record<AlertState, Tone>> = { new: 'warning', acknowledged: 'busy', closed: 'none' }

export const verdictWords: Readonly<Record<Verdict, string>> = {
  true: 'an attack',
  benign: 'real, but allowed',
  false: 'a false alarm',
}

export const verdictHints: Readonly<Record<Verdict, string>> = {
  true: 'Somebody did what the rule looks for, and had no business to. Suppressions may not hide it.',
  benign: 'It happened as the rule says, and it was in order: a test, a migration, an allowed service.',
  false: 'Nothing of what the rule says was really there.',
}

export const statusTone: Readonly<Record<SessionStatus, Tone>> = {
  active: 'ok',
  recent: 'info',
  idle: 'none',
  ended: 'none',
}

export const connectionTone: Readonly<Record<ConnectionState['status'], Tone>> = {
  connected: 'ok',
  connecting: 'busy',
  down: 'critical',
  off: 'none',
}

export const outcomeTone: Readonly<Record<RevocationOutcome, Tone>> = {
  verified: 'ok',
  absent: 'none',
  still_present: 'critical',
  failed: 'critical',
  returned: 'warning',
}

export const outcomeWords: Readonly<Record<RevocationOutcome, string>> = {
  verified: 'ended, verified',
  absent: 'was gone before',
  still_present: 'still there',
  failed: 'failed',
  returned: 'came back, ended again',
}

const eventTones: Readonly<Record<string, Tone>> = {
  login: 'ok',
  register: 'ok',
  failed_login: 'warning',
  revoked: 'critical',
  token_reuse: 'critical',
  brute_force_attempt: 'critical',
  permanent_ban_applied: 'critical',
  suspicious_activity: 'critical',
  session_changed: 'info',
  rate_limit_hit: 'warning',
}

/** What the application called critical is; else what the type is known for. */
export function eventTone({ type, category }: Pick<AuditEvent, 'type' | 'category'>): Tone {
  if (category === 'critical') return 'critical'
  return eventTones[type] ?? (category === 'warning' ? 'warning' : 'none')
}
