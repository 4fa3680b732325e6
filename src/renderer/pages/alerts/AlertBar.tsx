import { Button, NativeSelect, Popover } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Severity } from '../../../shared/model/alert.ts'
import type { Origin } from '../../../shared/model/page.ts'
import { useEngine } from '../../api/engine.ts'
import { useNow } from '../../api/live.ts'
import { Mark } from '../../components/Mark.tsx'
import { severityTone } from '../../components/tones.ts'
import { formatAge, formatCount } from '../../text/format.ts'
import type { Threshold } from './severities.ts'
import bar from '../../components/ListBar.module.css'
import classes from './Alerts.module.css'

interface AlertBarProps {
  readonly count: number
  readonly origin: Origin | null
  readonly threshold: Threshold
  readonly onThreshold: (threshold: Threshold) => void
}

/** How many alerts, from which severity on, and which rules look. */
export function AlertBar({ count, origin, threshold, onThreshold }: AlertBarProps) {
  const nowMs = useNow()
  const rules = useQuery(useEngine().queries.rules.list.queryOptions()).data?.rules ?? []
  return (
    <div className={bar.bar}>
      <span role="status">{formatCount(count, 'alert')}</span>
      {origin?.store === 'cache' && (
        <Mark tone="warning">
          from the cache{origin.asOf === null ? '' : `, as of ${formatAge(origin.asOf, nowMs)}`}
        </Mark>
      )}
      <span className={bar.space} />
      <NativeSelect
        aria-label="Lowest severity"
        value={threshold}
        data={Severity.options.map((value) => ({
          value,
          label: value === 'info' ? 'Every severity' : `From ${value}`,
        }))}
        onChange={({ currentTarget: { value } }) =>
          onThreshold(Severity.options.find((one) => one === value) ?? 'info')
        }
      />
      <Popover position="bottom-end">
        <Popover.Target>
          <Button>{formatCount(rules.length, 'rule')}</Button>
        </Popover.Target>
        <Popover.Dropdown>
          <ul className={classes.rules}>
            {rules.map(({ ruleId, title, levels, file, version }) => (
              <li key={ruleId}>
                <Mark tone={severityTone[levels[0]?.severity ?? 'info']}>
                  {levels.map(({ severity }) => severity).join('/')}
                </Mark>
                <span>{title}</span>
                <span className="gh-muted gh-mono">
                  {file} {version}
                </span>
              </li>
            ))}
          </ul>
          {rules.length === 0 && <span className="gh-muted">No rule is loaded: nothing is watched.</span>}
        </Popover.Dropdown>
      </Popover>
    </div>
  )
}
