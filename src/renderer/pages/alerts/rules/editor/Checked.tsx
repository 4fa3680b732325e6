import { Button } from '@mantine/core'
import type { RuleCheck } from '../../../../../shared/model/rule.ts'
import { Mark } from '../../../../components/Mark.tsx'
import { severityTone } from '../../../../components/tones.ts'
import { formatCount } from '../../../../text/format.ts'
import { levelWords } from '../rule-words.ts'
import { RuleTests } from '../RuleTests.tsx'
import classes from './Editor.module.css'

interface CheckedProps {
  readonly file: string
  readonly check: RuleCheck
  readonly onGo: (line: number) => void
}

/** What would come of the text: why it would be refused, or its rules and how its tests end. */
export function Checked({ file, check: { fault, rules, tests }, onGo }: CheckedProps) {
  if (fault !== null) {
    const isOwn = fault.file === file
    return (
      <>
        <p className={classes.line}>
          <Mark tone="critical">
            {isOwn ? `Line ${fault.line}` : `${fault.file} could not do with it: line ${fault.line}`}
            {fault.field !== '' && `, ${fault.field}`}
          </Mark>
        </p>
        <p className={classes.line}>{fault.message}</p>
        {isOwn && <Button onClick={() => onGo(fault.line)}>Go to line {fault.line}</Button>}
      </>
    )
  }
  const failed = tests.filter(({ passed }) => !passed).length
  return (
    <>
      <p className={classes.line}>
        <Mark tone={failed > 0 ? 'warning' : 'ok'}>
          It would run: {formatCount(rules.length, 'rule')}
          {tests.length > 0 &&
            (failed > 0
              ? `, ${failed} of ${tests.length} tests failed`
              : `, ${formatCount(tests.length, 'test')} passed`)}
        </Mark>
      </p>
      <ul className={classes.rules}>
        {rules.map(({ ruleId, title, alerts, levels }) => (
          <li key={ruleId}>
            <strong>{title}</strong>
            {!alerts && <span className="gh-muted"> feeds others</span>}
            {alerts &&
              levels.map((level) => (
                <div key={level.severity}>
                  <Mark tone={severityTone[level.severity]}>{level.severity}</Mark> {levelWords(level)}
                </div>
              ))}
          </li>
        ))}
      </ul>
      <h3 className={classes.heading}>Tests</h3>
      <RuleTests tests={tests} />
    </>
  )
}
