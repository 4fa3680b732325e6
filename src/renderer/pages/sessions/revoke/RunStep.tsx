import { Button, Progress } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEngine } from '../../../api/engine.ts'
import { Age } from '../../../components/Age.tsx'
import { codeOf } from '../../../components/error-words.ts'
import { ErrorNote } from '../../../components/ErrorNote.tsx'
import { Mark } from '../../../components/Mark.tsx'
import { ScrollTable } from '../../../components/table/ScrollTable.tsx'
import { outcomeTone, outcomeWords } from '../../../components/tones.ts'
import { formatNumber, shortId } from '../../../text/format.ts'
import { revoking, type RunState } from './revoke-store.ts'
import { tally } from './tally.ts'
import classes from './Revoke.module.css'

/** Progress, and for each session what was read back from Redis. */
export function RunStep({ run }: { run: RunState }) {
  const { done, total, outcomes, state, error } = run
  return (
    <>
      <Progress
        value={total === 0 ? 100 : (done / total) * 100}
        color={state === 'running' ? 'accent' : 'ok'}
        aria-label="Sessions ended and verified"
        transitionDuration={0}
      />
      <p role="status" className={classes.lead}>
        {state === 'running' ? 'Ending' : 'Ended'} {formatNumber(done)} of {formatNumber(total)}
        {tally(outcomes).map(({ outcome, count }) => (
          <Mark key={outcome} tone={outcomeTone[outcome]}>
            {formatNumber(count)} {outcomeWords[outcome]}
          </Mark>
        ))}
      </p>
      {state === 'failed' && <ErrorNote error={error} />}
      {state === 'failed' && codeOf(error) === 'ENGINE_UNAVAILABLE' && (
        <p>
          The engine goes on with what it began. <a href="#/events?q=type%3Arevoked">The events</a> say which sessions
          were ended.
        </p>
      )}
      <ScrollTable label="Outcomes" headings={['Outcome', 'User', 'Session', 'Detail']} noWrap>
        {outcomes.map(({ sessionId, userId, outcome, detail }) => (
          <tr key={sessionId}>
            <td>
              <Mark tone={outcomeTone[outcome]}>{outcomeWords[outcome]}</Mark>
            </td>
            <td>{userId ?? '–'}</td>
            <td className="gh-mono">{shortId(sessionId)}</td>
            <td className={classes.detail}>{detail ?? ''}</td>
          </tr>
        ))}
      </ScrollTable>
      <Guarded ids={outcomes.map(({ sessionId }) => sessionId)} />
      <div className={classes.buttons}>
        <span className={classes.note}>
          {state === 'running' && 'Closing this does not stop it: the status bar leads back.'}
        </span>
        <Button onClick={revoking.close}>{state === 'running' ? 'Hide' : 'Close'}</Button>
      </div>
    </>
  )
}

/** The sessions that an application might save once more: how long they are watched, and which came back. */
function Guarded({ ids }: { ids: readonly string[] }) {
  const { queries } = useEngine()
  const { data } = useQuery(queries.revocations.guarded.queryOptions({ refetchInterval: 1_000 }))
  const mine = data?.filter(({ sessionId }) => ids.includes(sessionId)) ?? []
  const [first] = mine
  if (first === undefined) return null
  const returned = mine.filter(({ returns }) => returns > 0)
  return (
    <div className={classes.guard}>
      <p>
        Watched for coming back: {formatNumber(mine.length)}, for the last time <Age at={first.until} />.
      </p>
      {returned.map(({ sessionId, returns, lastReturnAt }) => (
        <p key={sessionId}>
          <Mark tone="warning">
            {shortId(sessionId)} came back {returns === 1 ? 'once' : `${returns} times`}, last <Age at={lastReturnAt} />
            , and was ended again
          </Mark>
        </p>
      ))}
    </div>
  )
}
