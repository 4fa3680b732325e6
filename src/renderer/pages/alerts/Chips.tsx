import { Mark, type Tone } from '../../components/Mark.tsx'
import { formatNumber } from '../../text/format.ts'
import classes from './Alerts.module.css'

interface ChipsProps<Value extends string> {
  readonly label: string
  readonly chosen: readonly Value[]
  readonly options: readonly { readonly value: Value; readonly tone: Tone; readonly count: number | undefined }[]
  readonly onToggle: (value: Value) => void
}

/** Switches that say how many there are of each. */
export const Chips = <Value extends string>({ label, chosen, options, onToggle }: ChipsProps<Value>) => (
  <div role="group" aria-label={label} className={classes.chips}>
    {options.map(({ value, tone, count }) => (
      <button
        key={value}
        type="button"
        className={classes.chip}
        aria-pressed={chosen.includes(value)}
        onClick={() => onToggle(value)}
      >
        <Mark tone={tone}>{value}</Mark>
        {count !== undefined && <span className="gh-num">{formatNumber(count)}</span>}
      </button>
    ))}
  </div>
)
