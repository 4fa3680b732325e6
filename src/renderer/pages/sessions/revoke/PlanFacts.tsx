import type { RevocationPlan } from '../../../../shared/model/revocation.ts'
import { Age } from '../../../components/Age.tsx'
import { Mark } from '../../../components/Mark.tsx'
import { ScrollTable } from '../../../components/table/ScrollTable.tsx'
import { shortAgent } from '../../../text/agent.ts'
import { formatCount, shortId } from '../../../text/format.ts'
import classes from './Revoke.module.css'

/** A few names, then how many more there are. */
function listed(names: readonly string[], most = 6): string {
  const more = names.length - most
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ')
}

/** How many sessions, whose, where, some of them, and what their end does not end. */
export function PlanFacts({ plan }: { plan: RevocationPlan }) {
  const { count, users, countries, sample, willNotEnd } = plan
  return (
    <>
      <p className={classes.lead}>
        <strong>{formatCount(count, 'session')}</strong> of {users.length === 0 ? 'an unknown user' : listed(users)}
        {countries.length > 0 && <>, from {listed(countries)}</>}. Exactly these will be ended, and no other.
      </p>
      <ScrollTable
        label="Sessions that will be ended"
        headings={['User', 'Address', 'Agent', 'Last active', 'Store', 'Session']}
        noWrap
      >
        {sample.map((session) => (
          <tr key={session.sessionId}>
            <td>{session.userId ?? '–'}</td>
            <td className="gh-mono">{session.ipAddress ?? '–'}</td>
            <td title={session.userAgent ?? undefined}>
              {session.userAgent === null ? '–' : shortAgent(session.userAgent)}
            </td>
            <td>
              <Age at={session.lastActive} />
            </td>
            <td>{session.profile}</td>
            <td className="gh-mono">{shortId(session.sessionId, 4)}</td>
          </tr>
        ))}
      </ScrollTable>
      {sample.length < count && (
        <p className="gh-muted">A sample: {formatCount(count - sample.length, 'session')} more are in the plan.</p>
      )}
      {willNotEnd.length > 0 && (
        <div className={classes.not}>
          <Mark tone="warning">This will not end</Mark>
          <ul>
            {willNotEnd.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}
