import type { RuleTestResult } from '../../../../shared/model/rule.ts'
import { Mark } from '../../../components/Mark.tsx'
import classes from './Rules.module.css'

/** The tests that a rule file carries, and how they ended. */
export const RuleTests = ({ tests }: { tests: readonly RuleTestResult[] | null }) =>
  tests === null ? (
    <p className={classes.none}>They are running.</p>
  ) : tests.length === 0 ? (
    <p className={classes.none}>
      Its file carries none. A document with <code>tests:</code> at its end adds some.
    </p>
  ) : (
    <ul className={classes.tests}>
      {tests.map(({ name, passed, differences }) => (
        <li key={name}>
          <Mark tone={passed ? 'ok' : 'critical'}>{passed ? 'passed' : 'failed'}</Mark> <span>{name}</span>
          {differences.map((difference) => (
            <div key={difference} className={classes.difference}>
              {difference}
            </div>
          ))}
        </li>
      ))}
    </ul>
  )
