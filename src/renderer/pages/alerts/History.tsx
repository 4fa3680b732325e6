import type { TriageEntry } from '../../../shared/model/triage.ts'
import { Moment } from '../../components/Age.tsx'
import { verdictWords } from '../../components/tones.ts'
import classes from './Alerts.module.css'

/** Who did what with an alert, and said what; oldest first. */
export const History = ({ history }: { history: readonly TriageEntry[] }) => (
  <ol className={classes.history}>
    {history.map((entry) => (
      <li key={entry.id}>
        <span className="gh-muted">
          <Moment at={entry.at} />
        </span>
        <span>
          <strong>{entry.actor}</strong> {wordsOf(entry)}
          {entry.comment !== null && <q className={classes.comment}>{entry.comment}</q>}
        </span>
      </li>
    ))}
  </ol>
)

function wordsOf({ action, verdict, owner, actor }: TriageEntry): string {
  switch (action) {
    case 'acknowledge':
      return owner === null || owner === actor ? 'acknowledged it' : `acknowledged it; ${owner} has it`
    case 'assign':
      if (owner === null) return 'gave it back'
      return owner === actor ? 'took it' : `gave it to ${owner}`
    case 'close':
      return `closed it as ${verdict === null ? 'done' : verdictWords[verdict]}`
    case 'reopen':
      return 'opened it again'
    case 'comment':
      return 'said'
  }
}
