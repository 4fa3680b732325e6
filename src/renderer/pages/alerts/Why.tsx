import type { RuleNotes } from '../../../shared/contract/alerts.ts'
import type { Alert } from '../../../shared/model/alert.ts'
import { Mark } from '../../components/Mark.tsx'
import classes from './Alerts.module.css'

/** The sentence of the rule, and what its author says to the person who looks. */
export const Why = ({ alert, notes }: { alert: Alert; notes: RuleNotes | null }) => (
  <>
    <p className={classes.sentence}>{alert.summary}</p>
    {notes?.description != null && <p className={classes.why}>{notes.description}</p>}
    {notes !== null && notes.falsePositives.length > 0 && (
      <>
        <p className={classes.label}>What else it can be</p>
        <ul className={classes.plain}>
          {notes.falsePositives.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </>
    )}
    {notes !== null && notes.references.length > 0 && (
      <>
        <p className={classes.label}>To read</p>
        <ul className={classes.plain}>
          {/* As text: this screen opens no address by itself. */}
          {notes.references.map((text) => (
            <li key={text} className={classes.address}>
              {text}
            </li>
          ))}
        </ul>
      </>
    )}
    {notes === null && <Mark tone="none">Its rule is not loaded any more.</Mark>}
    {notes?.isChanged === true && <Mark tone="warning">The rule has changed since: these are its present words.</Mark>}
  </>
)
