import { useQuery } from '@tanstack/react-query'
import { useEngine } from '../../../api/engine.ts'
import { Mark } from '../../../components/Mark.tsx'
import { formatCount } from '../../../text/format.ts'
import classes from '../Alerts.module.css'

/** Rule files that were not loaded: what they would have seen goes unseen. */
export function RefusedRules() {
  const refused = useQuery(useEngine().queries.rules.list.queryOptions()).data?.refused ?? []
  if (refused.length === 0) return null
  return (
    <details className={classes.refused} open>
      <summary>
        <Mark tone="warning">{formatCount(refused.length, 'rule file')} refused: what they look for goes unseen</Mark>
      </summary>
      <ul>
        {refused.map(({ file, message }) => (
          <li key={file}>
            <code>{file}</code> {message}
          </li>
        ))}
      </ul>
    </details>
  )
}
