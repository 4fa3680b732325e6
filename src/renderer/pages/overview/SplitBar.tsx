import type { StatusSplit } from '../../../shared/model/system.ts'
import { formatNumber } from '../../text/format.ts'
import classes from './Overview.module.css'

const parts = [
  { key: 'active', word: 'active', title: 'used within 5 minutes' },
  { key: 'recent', word: 'recent', title: 'used within the hour' },
  { key: 'idle', word: 'idle', title: 'not used for an hour or more' },
] as const

/** Live sessions by how recently they were used: as numbers, and as a bar of their shares. */
export function SplitBar({ split }: { split: StatusSplit | null }) {
  if (split === null) return null
  return (
    <>
      <div className={classes.bar} aria-hidden>
        {parts.map(({ key }) => (
          <span key={key} data-part={key} style={{ flexGrow: split[key] }} />
        ))}
      </div>
      <ul className={classes.split}>
        {parts.map(({ key, word, title }) => (
          <li key={key} title={title} data-part={key}>
            <strong>{formatNumber(split[key])}</strong> {word}
          </li>
        ))}
      </ul>
    </>
  )
}
