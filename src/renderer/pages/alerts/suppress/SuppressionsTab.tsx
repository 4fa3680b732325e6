import { Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Suppression } from '../../../../shared/model/suppression.ts'
import { useActGate } from '../../../api/act-gate.ts'
import { useEngine } from '../../../api/engine.ts'
import { ActButton } from '../../../components/ActButton.tsx'
import { Age, Moment } from '../../../components/Age.tsx'
import { EmptyNote } from '../../../components/EmptyNote.tsx'
import { ErrorNote } from '../../../components/ErrorNote.tsx'
import { FromCache } from '../../../components/FromCache.tsx'
import { Mark } from '../../../components/Mark.tsx'
import { ScrollTable } from '../../../components/table/ScrollTable.tsx'
import { formatCount } from '../../../text/format.ts'
import { blankDraft, kindWords } from './draft.ts'
import { EndDialog } from './EndDialog.tsx'
import { suppressing } from './suppress-store.ts'
import bar from '../../../components/ListBar.module.css'

/** Other consoles make and end some, too. */
const lookMs = 15_000

/** What rules leave out, who said so, why, and until when. */
export function SuppressionsTab() {
  const { queries } = useEngine()
  const gate = useActGate('postgres')
  const [includeOver, setIncludeOver] = useState(false)
  const [ending, setEnding] = useState<Suppression | null>(null)
  const { data, error, refetch } = useQuery(
    queries.suppressions.list.queryOptions({ input: { includeOver }, refetchInterval: lookMs }),
  )
  const titles = new Map(
    useQuery(queries.rules.list.queryOptions()).data?.rules.map(({ ruleId, title }) => [ruleId, title] as const),
  )
  return (
    <>
      <div className={bar.bar}>
        <span role="status">{data === undefined ? '' : formatCount(data.rows.length, 'suppression')}</span>
        <FromCache origin={data?.origin ?? null} />
        <span className={bar.space} />
        <Checkbox
          label="Those that are over, too"
          checked={includeOver}
          onChange={(event) => setIncludeOver(event.currentTarget.checked)}
        />
        <ActButton blocked={gate} onClick={() => suppressing.set(blankDraft)}>
          New…
        </ActButton>
      </div>
      {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data?.rows.length === 0 && (
        <EmptyNote title="Nothing is suppressed">
          Every rule sees every event. An alert that tells nothing new can be suppressed from its drawer, with a reason
          and an end.
        </EmptyNote>
      )}
      {data !== undefined && data.rows.length > 0 && (
        <ScrollTable
          label="Suppressions"
          headings={['State', 'Left out', 'From', 'Why', 'By', 'Until', 'Act']}
          fit="page"
        >
          {data.rows.map((row) => (
            <tr key={row.suppressionId}>
              <td>
                <Mark tone={row.state === 'active' ? 'busy' : 'none'}>{row.state}</Mark>
              </td>
              <td>
                <span className="gh-muted">{kindWords[row.kind]}</span> <code>{row.pattern}</code>
              </td>
              <td>{row.ruleId === null ? 'every rule' : (titles.get(row.ruleId) ?? row.ruleId)}</td>
              <td>
                <Reasons row={row} />
              </td>
              <td>
                {row.createdBy}, <Age at={row.createdAt} />
              </td>
              <td>
                <Moment at={row.endedAt ?? row.expiresAt} />
              </td>
              <td>
                {row.state === 'active' && (
                  <ActButton blocked={gate} size="compact-xs" onClick={() => setEnding(row)}>
                    End…
                  </ActButton>
                )}
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      {data === undefined && error === null && <EmptyNote title="Reading the suppressions" />}
      <EndDialog suppression={ending} onClose={() => setEnding(null)} />
    </>
  )
}

const Reasons = ({ row: { reason, forcedReason, endReason, endedBy } }: { row: Suppression }) => (
  <>
    {reason}
    {forcedReason !== null && (
      <>
        {' '}
        <Mark tone="warning">made although it hides an attack: {forcedReason}</Mark>
      </>
    )}
    {endReason !== null && (
      <span className="gh-muted">
        {' '}
        Ended by {endedBy}: {endReason}
      </span>
    )}
  </>
)
