import { useQuery } from '@tanstack/react-query'
import type { KeyPlace, SessionStore } from '../../../shared/model/session-stores.ts'
import { useEngine } from '../../api/engine.ts'
import { Age } from '../../components/Age.tsx'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { Facts } from '../../components/Facts.tsx'
import { formatBytes, formatCount } from '../../text/format.ts'
import classes from './Settings.module.css'

/** Counting is a look at a million rows where there are so many. */
const refetchMs = 60_000
/** Nothing to count: the first sessions may be read just now. */
const refetchEmptyMs = 5_000

function Store({ store }: { store: SessionStore }) {
  const { profile, sessions, patterns, example, how, doesNotEnd } = store
  return (
    <div className={classes.connection}>
      <h3>{profile}</h3>
      <Facts
        facts={[
          [
            'Sessions',
            sessions === null ? 'not known while PostgreSQL is away' : formatCount(sessions, 'live session'),
          ],
          ['Keys', patterns.length === 0 ? null : <code key="keys">{patterns.join(', ')}</code>],
          [
            'One of them',
            example === null ? null : (
              <span key="example">
                <code>{example.key}</code>, {example.type}, {formatBytes(example.bytes)}
              </span>
            ),
          ],
          ['Revoked', how],
          [
            'Not ended by that',
            <ul key="not" className={classes.sentences}>
              {doesNotEnd.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>,
          ],
        ]}
      />
    </div>
  )
}

const countsOf = ({ others }: KeyPlace): string =>
  others.map(({ what, keys }) => `${formatCount(keys, 'key', 'keys')}: ${what}`).join('; ')

/** Which session stores were found in Redis, and what revoking does in each. */
export function SessionStores() {
  const { queries } = useEngine()
  const { data, error, refetch } = useQuery(
    queries.system.sessionStores.queryOptions({
      refetchInterval: ({ state }) => (state.data?.stores.length === 0 ? refetchEmptyMs : refetchMs),
      retry: false,
    }),
  )
  const beside = data?.places.filter(({ others }) => others.length > 0) ?? []
  return (
    <section className={classes.section} aria-labelledby="session-stores">
      <h2 id="session-stores">Session stores</h2>
      {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <>
          <p className={classes.lead}>
            {data.stores.length === 0 ? 'None was found in Redis yet. ' : 'Found by how keys and values look. '}
            Counted <Age at={data.countedAt} />.
          </p>
          {data.stores.map((store) => (
            <Store key={store.profile} store={store} />
          ))}
          {beside.length > 0 && (
            <Facts facts={beside.map((place) => [`Beside sessions, ${place.prefix}`, countsOf(place)] as const)} />
          )}
        </>
      )}
    </section>
  )
}
