import { preferences } from '../../app/preferences.ts'
import { useStore } from '../../app/store.ts'
import type { SystemMark } from '../../charts/system-marks.ts'
import { formatClock, formatNumber } from '../../text/format.ts'
import classes from './Overview.module.css'

/** The words of the marks on the charts, by their numbers. */
export function SystemMarks({ marks, total }: { marks: readonly SystemMark[]; total: number }) {
  const zone = useStore(preferences.timeZone)
  if (marks.length === 0) return null
  return (
    <section className={classes.marks} aria-label="Marks on the charts">
      <ol>
        {marks.map(({ fromMs, words, href }) => (
          <li key={`${fromMs} ${words}`}>
            <time dateTime={new Date(fromMs).toISOString()}>{formatClock(new Date(fromMs), zone).slice(0, 5)}</time>{' '}
            {href === null ? words : <a href={href}>{words}</a>}
          </li>
        ))}
      </ol>
      {total > marks.length && (
        <a href="#/events?q=source%3Agatehouse">and {formatNumber(total - marks.length)} before them</a>
      )}
    </section>
  )
}
