import { Checkbox } from '@mantine/core'
import type { FailedItem } from '../../../shared/model/queue.ts'
import { Age } from '../../components/Age.tsx'
import { Mark } from '../../components/Mark.tsx'
import { formatBytes } from '../../text/format.ts'
import { ItemText } from './ItemText.tsx'
import classes from './Queues.module.css'

interface FailedRowProps {
  readonly item: FailedItem
  readonly isChosen: boolean
  readonly onToggle: () => void
}

/** One failed item: its reason first, then what it was. */
export const FailedRow = ({ item, isChosen, onToggle }: FailedRowProps) => (
  <li>
    <Checkbox aria-label={`Choose ${item.failedId}`} checked={isChosen} onChange={onToggle} />
    <div className={classes.failed}>
      <div className={classes.failedHead}>
        <Mark tone="warning">{item.reason}</Mark>
      </div>
      <ItemText text={item.text} />
      <div className={classes.failedFoot}>
        <Age at={item.failedAt} />
        <span>{formatBytes(item.bytes)}</span>
        <span className="gh-mono">{item.failedId}</span>
      </div>
    </div>
  </li>
)
