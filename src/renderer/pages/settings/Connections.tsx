import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useEngine } from '../../api/engine.ts'
import { useLive } from '../../api/live.ts'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { Mark } from '../../components/Mark.tsx'
import { ConnectionField } from './ConnectionField.tsx'
import { savable } from './savable.ts'
import { trackingWords } from './tracking-words.ts'
import classes from './Settings.module.css'

/** Where sessions and events come from and where they are kept: tried before they are used. */
export function Connections() {
  const { queries, client } = useEngine()
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(queries.system.connections.queryOptions())
  const kind = useQuery(queries.system.info.queryOptions({ staleTime: Infinity })).data?.workspace.kind
  // The live state moves by itself; the query knows where each setting came from.
  const redis = useLive((view) => view.status?.redis) ?? data?.redis
  const tracking = useLive((view) => view.status?.mirror.tracking)
  const postgres = useLive((view) => view.status?.postgres) ?? data?.postgres
  const [redisUrl, setRedisUrl] = useState('')
  const [postgresUrl, setPostgresUrl] = useState('')
  const clear = () => {
    setRedisUrl('')
    setPostgresUrl('')
  }
  const save = useMutation({
    mutationFn: (urls: Parameters<typeof client.system.saveConnections>[0]) => client.system.saveConnections(urls),
    onSuccess: () => {
      clear()
      return cache.invalidateQueries()
    },
  })
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />
  if (data === undefined || redis === undefined || postgres === undefined) return null
  const urls = savable({ redisUrl, postgresUrl, isSample: kind === 'sample' })
  const isTyped = redisUrl !== '' || postgresUrl !== ''
  return (
    <section className={classes.section} aria-labelledby="connections">
      <h2 id="connections">Connections</h2>
      <p className={classes.lead}>
        {kind === 'sample'
          ? 'This is the sample workspace. To watch your own application, give both addresses.'
          : 'An address that you leave empty stays as it is.'}{' '}
        Passwords are sealed before they are saved, and never shown.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (urls !== null) save.mutate(urls)
        }}
      >
        <ConnectionField
          store="redis"
          title="Redis"
          example="redis://user:password@host:6379/0"
          state={redis}
          more={['Changes', trackingWords(tracking)]}
          source={data.source['redis.url'] ?? null}
          url={redisUrl}
          onUrl={setRedisUrl}
        />
        <ConnectionField
          store="postgres"
          title="PostgreSQL"
          example="postgres://user:password@host:5432/audit"
          state={postgres}
          source={data.source['postgres.url'] ?? null}
          url={postgresUrl}
          onUrl={setPostgresUrl}
        />
        {save.error !== null && <ErrorNote error={save.error} />}
        <div className={classes.buttons}>
          <Button type="submit" variant="filled" color="accent" disabled={urls === null} loading={save.isPending}>
            Save and connect
          </Button>
          {isTyped && <Button onClick={clear}>Clear</Button>}
          <span role="status">{save.isSuccess && !isTyped && <Mark tone="ok">Saved</Mark>}</span>
        </div>
      </form>
    </section>
  )
}
