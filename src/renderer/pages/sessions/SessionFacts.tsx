import { sessionStatus, type Session } from '../../../shared/model/session.ts'
import { Age, Moment } from '../../components/Age.tsx'
import { Facts } from '../../components/Facts.tsx'
import { PivotValue } from '../../components/PivotValue.tsx'
import { formatNumber } from '../../text/format.ts'
import { SessionState } from './session-columns.tsx'

const pivot = (field: string, value: string | null, mono = false) =>
  value === null ? null : <PivotValue field={field} value={value} mono={mono} />

/** What is known of a session; each value leads on to what else has it. */
export function SessionFacts({ session }: { session: Session }) {
  const hasEnded = sessionStatus(session, Date.now()) === 'ended'
  return (
    <Facts
      facts={[
        ['State', <SessionState key="state" session={session} />],
        ['User', pivot('user', session.userId)],
        ['Address', pivot('ip', session.ipAddress, true)],
        ['Country', pivot('country', session.country)],
        ['Agent', pivot('agent', session.userAgent)],
        ['Calls', formatNumber(session.apiCallCount)],
        ['Last active', <Age key="active" at={session.lastActive} />],
        ['First seen', <Moment key="first" at={session.firstSeen} />],
        ['Last changed', <Moment key="last" at={session.lastSeen} />],
        hasEnded
          ? ['Ended', <Moment key="ended" at={session.endedAt} />]
          : ['Expires', <Age key="expires" at={session.expiresAt} />],
        ['End', pivot('end', session.endReason)],
        ['Forced out', session.forceLogout ? 'yes, at its next request' : null],
        ['Store', pivot('profile', session.profile)],
        ['Session', pivot('session', session.sessionId, true)],
      ]}
    />
  )
}
