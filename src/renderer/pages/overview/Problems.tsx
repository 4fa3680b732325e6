import { useLive } from '../../api/live.ts'
import { Age } from '../../components/Age.tsx'
import { EmptyNote } from '../../components/EmptyNote.tsx'
import { Mark } from '../../components/Mark.tsx'
import { formatNumber } from '../../text/format.ts'
import classes from './Overview.module.css'

/** What was bad in the data: it stopped nothing, and it is not passed over. */
export function Problems() {
  const problems = useLive((view) => view.status?.problems)
  return (
    <section className={classes.panel} aria-labelledby="problems">
      <h2 id="problems">Problems in the data</h2>
      {problems?.length === 0 && (
        <EmptyNote title="None">Every key and every item that was read could be understood and stored.</EmptyNote>
      )}
      <ul className={classes.rows}>
        {problems?.map(({ area, reason, count, lastAt, examples }) => (
          <li key={`${area} ${reason}`} className={classes.problem}>
            <Mark tone="warning">
              {formatNumber(count)} in {area}
            </Mark>
            <span className={classes.what}>
              <span>{reason}</span>
              {examples.length > 0 && <span className={classes.examples}>{examples.join(', ')}</span>}
            </span>
            <span className={classes.when}>
              <Age at={lastAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
