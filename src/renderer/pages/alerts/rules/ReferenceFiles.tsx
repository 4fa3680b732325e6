import { useQuery } from '@tanstack/react-query'
import type { ReferenceFile } from '../../../../shared/model/reference.ts'
import { useEngine } from '../../../api/engine.ts'
import { Age } from '../../../components/Age.tsx'
import { ErrorNote } from '../../../components/ErrorNote.tsx'
import { Mark, type Tone } from '../../../components/Mark.tsx'
import { ScrollTable } from '../../../components/table/ScrollTable.tsx'
import { formatCount, formatNumber } from '../../../text/format.ts'
import classes from './Rules.module.css'

const lookMs = 10_000
const tone: Readonly<Record<ReferenceFile['state'], Tone>> = { current: 'ok', kept: 'warning', absent: 'critical' }
const words: Readonly<Record<ReferenceFile['state'], string>> = {
  current: 'in use',
  kept: 'an earlier one is in use',
  absent: 'not there',
}

/** What events are looked up in: geographic databases and lists of addresses, with the date of each. */
export function ReferenceFiles() {
  const { data, error, refetch } = useQuery(useEngine().queries.system.lists.queryOptions({ refetchInterval: lookMs }))
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />
  if (data === undefined || data.length === 0) return null
  const wrong = data.filter(({ state, badLines }) => state !== 'current' || badLines > 0).length
  return (
    <details className={classes.files} open={wrong > 0}>
      <summary>
        <Mark tone={wrong > 0 ? 'warning' : 'ok'}>
          {formatCount(data.length, 'database or list', 'databases and lists')} that rules look into
          {wrong > 0 && `; something is wrong with ${formatNumber(wrong)}`}
        </Mark>
      </summary>
      <ScrollTable
        label="Databases and lists"
        headings={['State', 'Name', 'Tells', 'Of', 'Version', 'Read', 'Holds']}
        fit="flow"
      >
        {data.map((file) => (
          <tr key={file.name}>
            <td>
              <Mark tone={tone[file.state]}>{words[file.state]}</Mark>
              {file.message !== null && <div className="gh-muted">{file.message}</div>}
            </td>
            <td title={file.file}>{file.name}</td>
            <td>{file.provides.join(', ')}</td>
            <td>
              <Age at={file.madeAt} />
            </td>
            <td className="gh-mono">{file.version ?? '–'}</td>
            <td>
              <Age at={file.readAt} />
            </td>
            <td>
              {file.entries === null ? '–' : formatCount(file.entries, 'range')}
              {file.badLines > 0 && <Mark tone="warning">{formatCount(file.badLines, 'line')} left out</Mark>}
            </td>
          </tr>
        ))}
      </ScrollTable>
    </details>
  )
}
