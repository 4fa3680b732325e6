import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AlertTotals } from '../../../shared/contract/alerts.ts'
import { AlertState, Severity, Verdict } from '../../../shared/model/alert.ts'
import { useEngine } from '../../api/engine.ts'
import { severityTone, stateTone, verdictWords } from '../../components/tones.ts'
import { formatAlertTerms, noTerms, shownStates, toggledIn, type AlertTerms } from './alert-filter.ts'
import { Chips } from './Chips.tsx'
import classes from './Alerts.module.css'

interface FilterBarProps {
  readonly terms: AlertTerms
  /** null while they are not known. */
  readonly totals: AlertTotals | null
  readonly onTerms: (terms: AlertTerms) => void
}

const mostSevereFirst = Severity.options.toReversed()

/** How many alerts there are of each state and severity, and which of them are wanted. */
export function FilterBar({ terms, totals, onTerms }: FilterBarProps) {
  const change = (part: Partial<AlertTerms>) => onTerms({ ...terms, ...part })
  const states = shownStates(terms)
  const rules = useQuery(useEngine().queries.rules.list.queryOptions()).data?.rules ?? []
  const titles = new Map(rules.filter(({ alerts }) => alerts).map(({ ruleId, title }) => [ruleId, title]))
  // A link may name a rule that is not loaded any more.
  const ruleIds = [...new Set([...terms.rules, ...titles.keys()])]
  return (
    <div className={classes.filters} role="search" aria-label="Which alerts">
      <Chips
        label="State"
        chosen={states}
        options={AlertState.options.map((value) => ({ value, tone: stateTone[value], count: totals?.byState[value] }))}
        onToggle={(state) => change({ states: toggledIn(AlertState.options, states, state), verdicts: [] })}
      />
      <Chips
        label="Severity"
        chosen={terms.severities}
        options={mostSevereFirst.map((value) => ({
          value,
          tone: severityTone[value],
          count: totals?.bySeverity[value],
        }))}
        onToggle={(severity) => change({ severities: toggledIn(Severity.options, terms.severities, severity) })}
      />
      <EntityInput key={terms.entity} entity={terms.entity} onEntity={(entity) => change({ entity })} />
      <NativeSelect
        aria-label="Rule"
        className={classes.filter}
        value={terms.rules[0] ?? ''}
        data={[
          { value: '', label: 'Every rule' },
          ...ruleIds.map((value) => ({ value, label: titles.get(value) ?? value })),
        ]}
        onChange={({ currentTarget: { value } }) => change({ rules: value === '' ? [] : [value] })}
      />
      <NativeSelect
        aria-label="Owner"
        className={classes.filter}
        value={terms.owner ?? ''}
        data={[
          { value: '', label: 'Any owner' },
          { value: 'me', label: 'Mine' },
          { value: 'none', label: 'Nobody’s' },
          ...(terms.owner === null || terms.owner === 'me' || terms.owner === 'none' ? [] : [terms.owner]),
        ]}
        onChange={({ currentTarget: { value } }) => change({ owner: value === '' ? null : value })}
      />
      <NativeSelect
        aria-label="Verdict"
        className={classes.filter}
        value={terms.verdicts[0] ?? ''}
        data={[
          { value: '', label: 'Any verdict' },
          ...Verdict.options.map((value) => ({
            value,
            label: `${verdictWords[value]}${totals === null ? '' : ` (${totals.byVerdict[value]})`}`,
          })),
        ]}
        onChange={({ currentTarget: { value } }) => {
          const verdicts = Verdict.options.filter((option) => option === value)
          change({ verdicts, states: [] })
        }}
      />
      {formatAlertTerms(terms) !== '' && <Button onClick={() => onTerms(noTerms)}>Clear</Button>}
    </div>
  )
}

/** Taken over when it is left, or with Enter: each letter would be a search of its own. */
function EntityInput({ entity, onEntity }: { entity: string; onEntity: (entity: string) => void }) {
  const [typed, setTyped] = useState(entity)
  const take = () => typed.trim() !== entity && onEntity(typed.trim())
  return (
    <form
      className={classes.about}
      onSubmit={(event) => {
        event.preventDefault()
        take()
      }}
    >
      <TextInput
        aria-label="User, address or session"
        placeholder="about"
        maxLength={200}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={take}
      />
    </form>
  )
}
