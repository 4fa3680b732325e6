import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEngine } from '../../../api/engine.ts'
import { formatPlace, pageAt } from '../../../app/place.ts'
import { moveTo } from '../../../app/router.ts'
import { Age } from '../../../components/Age.tsx'
import { Drawer, DrawerSection } from '../../../components/drawer/Drawer.tsx'
import { ErrorNote } from '../../../components/ErrorNote.tsx'
import { Facts } from '../../../components/Facts.tsx'
import { Mark } from '../../../components/Mark.tsx'
import { severityTone } from '../../../components/tones.ts'
import { formatBytes, formatDuration, formatNumber } from '../../../text/format.ts'
import { formatAlertTerms, noTerms } from '../alert-filter.ts'
import { Attack } from '../Attack.tsx'
import { askBacktestOf } from './backtest/backtest-store.ts'
import { EditButton } from './editor/EditButton.tsx'
import { RuleState } from './rule-columns.tsx'
import { testWords, type RuleRow } from './rule-rows.ts'
import { entityWords, levelWords } from './rule-words.ts'
import { RuleTests } from './RuleTests.tsx'
import alerts from '../Alerts.module.css'
import classes from './Rules.module.css'

const close = () => moveTo({ row: null })

/** One rule: what it looks for, whether its tests pass, its file as it is in use. */
export function RuleDrawer({ row }: { row: RuleRow }) {
  if (row.kind === 'refused') {
    return (
      <Drawer
        title={<RuleState row={row} />}
        label={`Rule file ${row.file}`}
        onClose={close}
        actions={<EditButton file={row.file} />}
      >
        <DrawerSection title="What is wrong" note={row.file}>
          <p className={alerts.why}>{row.message}</p>
          <p className="gh-muted">The other files run. It is read again as soon as it changes.</p>
        </DrawerSection>
      </Drawer>
    )
  }
  return <LoadedRule row={row} />
}

function LoadedRule({ row }: { row: Extract<RuleRow, { kind: 'rule' }> }) {
  const { rule, file, tally } = row
  const allOfIt = formatAlertTerms({ ...noTerms, states: ['new', 'acknowledged', 'closed'], rules: [rule.ruleId] })
  return (
    <Drawer
      title={rule.title}
      label={`Rule ${rule.title}`}
      onClose={close}
      actions={
        <>
          <Button disabled={!rule.alerts} onClick={() => askBacktestOf(rule)}>
            Back-test…
          </Button>
          <EditButton file={rule.file} />
        </>
      }
    >
      <DrawerSection title="What it looks for">
        {rule.description !== null && <p className={alerts.why}>{rule.description}</p>}
        <ul className={classes.levels}>
          {rule.levels.map((level) => (
            <li key={level.severity}>
              <Mark tone={severityTone[level.severity]}>{level.severity}</Mark> <span>{levelWords(level)}</span>
            </li>
          ))}
        </ul>
      </DrawerSection>
      <DrawerSection title="Facts">
        <Facts
          facts={[
            ['State', <RuleState key="state" row={row} />],
            ['Looks at', entityWords[rule.entityKind]],
            ['An episode', `ends after ${formatDuration(rule.quietMs)} without an event`],
            [
              'Alerts',
              rule.alerts ? (
                <a key="alerts" href={formatPlace(pageAt('alerts', { query: allOfIt }))}>
                  {formatNumber(tally?.lastDay ?? 0)} in 24 h, {formatNumber(tally?.lastMonth ?? 0)} in 30 days
                </a>
              ) : null,
            ],
            ['The last', tally === null ? null : <Age key="last" at={tally.lastAt} />],
            ['ATT&CK', <Attack key="attack" techniques={rule.attack} />],
            ['Counts', rule.counts.join(', ')],
            ['Looks into', rule.uses.map(({ name, version }) => `${name} ${version}`).join(', ')],
            ['False alarms', rule.falsePositives.join('; ')],
            ['To read', rule.references.join('; ')],
          ]}
        />
      </DrawerSection>
      <DrawerSection title="Tests" note={testWords(file)?.words}>
        <RuleTests tests={file === null ? [] : file.tests} />
      </DrawerSection>
      <DrawerSection
        title="File"
        note={file === null ? rule.file : `${rule.file}, ${formatBytes(file.bytes)}, ${file.origin}`}
      >
        <RuleText file={rule.file} />
      </DrawerSection>
    </Drawer>
  )
}

function RuleText({ file }: { file: string }) {
  const { data, error, refetch } = useQuery(useEngine().queries.rules.get.queryOptions({ input: { file } }))
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must be able to get there
    <pre className={classes.text} tabIndex={0} role="region" aria-label={`Text of ${file}`}>
      {data?.text ?? ''}
    </pre>
  )
}
