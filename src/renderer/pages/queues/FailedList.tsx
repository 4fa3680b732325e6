import { Button, Checkbox } from '@mantine/core'
import type { FailedItem } from '../../../shared/model/queue.ts'
import { useActGate } from '../../api/act-gate.ts'
import { ActButton } from '../../components/ActButton.tsx'
import { formatCount, formatNumber } from '../../text/format.ts'
import type { FailedAct } from './FailedActDialog.tsx'
import { FailedRow } from './FailedRow.tsx'
import classes from './Queues.module.css'

interface FailedListProps {
  readonly items: readonly FailedItem[]
  /** How many there are in all. */
  readonly depth: number
  readonly chosen: ReadonlySet<string>
  readonly onChosen: (chosen: ReadonlySet<string>) => void
  readonly onAct: (act: FailedAct) => void
  readonly page: { readonly offset: number; readonly size: number; readonly onOffset: (offset: number) => void }
}

/** One page of failed items, and the acts on those that were chosen, or on all. */
export function FailedList({ items, depth, chosen, onChosen, onAct, page }: FailedListProps) {
  const gate = useActGate('redis', 'postgres')
  const here = items.map(({ failedId }) => failedId)
  const isAllHere = here.length > 0 && here.every((id) => chosen.has(id))
  const blocked = gate ?? (chosen.size === 0 ? 'Choose items first.' : null)
  const some = (kind: FailedAct['kind']) => onAct({ kind, selection: { failedIds: [...chosen] }, count: chosen.size })
  const all = (kind: FailedAct['kind']) => onAct({ kind, selection: { all: true }, count: depth })
  const toggle = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    onChosen(next)
  }
  return (
    <>
      <div className={classes.acts}>
        <Checkbox
          label={chosen.size === 0 ? 'All on this page' : `${formatNumber(chosen.size)} chosen`}
          checked={isAllHere}
          indeterminate={chosen.size > 0 && !isAllHere}
          onChange={() => onChosen(isAllHere ? new Set() : new Set([...chosen, ...here]))}
        />
        <ActButton blocked={blocked} onClick={() => some('requeue')}>
          Re-queue
        </ActButton>
        <ActButton blocked={blocked} color="critical" onClick={() => some('discard')}>
          Discard
        </ActButton>
        <span className={classes.space} />
        {depth > page.size && (
          <>
            <Button disabled={page.offset === 0} onClick={() => page.onOffset(Math.max(0, page.offset - page.size))}>
              Before
            </Button>
            <Button disabled={page.offset + page.size >= depth} onClick={() => page.onOffset(page.offset + page.size)}>
              Next
            </Button>
          </>
        )}
        <ActButton blocked={gate} onClick={() => all('requeue')}>
          Re-queue all {formatNumber(depth)}
        </ActButton>
        <ActButton blocked={gate} color="critical" onClick={() => all('discard')}>
          Discard all {formatNumber(depth)}
        </ActButton>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must be able to get there */}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={formatCount(depth, 'failed item')}>
        <ul className={classes.items}>
          {items.map((item) => (
            <FailedRow
              key={item.failedId}
              item={item}
              isChosen={chosen.has(item.failedId)}
              onToggle={() => toggle(item.failedId)}
            />
          ))}
        </ul>
      </div>
    </>
  )
}
