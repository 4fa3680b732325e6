import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useEngine } from '../../api/engine.ts'
import { useLive } from '../../api/live.ts'
import { ErrorNote } from '../../components/ErrorNote.tsx'
import { Mark } from '../../components/Mark.tsx'
import { ConnectionField } from './ConnectionField.tsx'
import classes from './Settings.module.css'

/** Where sessions and events come from and where they are kept: tried before they are used. */
export function Connections() {
  const { queries, client } = useEngine()
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(queries.system.connections.queryOptions())
  // The live state moves by itself; the query knows where each setting came from.
  const redis = useLive((view) => view.status?.redis) ?? data?.redis
  const postgres = useLive((view) => view.status?.postgres) ?? data?.postgres
  const [redisUrl, setRedisUrl] = useState<string | null>(null)
  const [postgresUrl, setPostgresUrl] = useState<string | null>(null)
  const save = useMutation({
    mutationFn: (urls: { redisUrl: string; postgresUrl: string }) => client.system.saveConnections(urls),
    onSuccess: () => {
      setRedisUrl(null)
      setPostgresUrl(null)
      return cache.invalidateQueries()
    },
  })
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />
  if (data === undefined || redis === undefined || postgres === undefined) return null
  const urls = { redisUrl: redisUrl ?? redis.target, postgresUrl: postgresUrl ?? postgres.target }
  const isChanged = redisUrl !== null || postgresUrl !== null
  return (
    <section className={classes.section} aria-labelledby="connections">
      <h2 id="connections">Connections</h2>
      <p className={classes.lead}>
        Passwords are never shown. To change an address, write it with user and password: they are sealed with the key
        of this computer before they are saved.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate(urls)
        }}
      >
        <ConnectionField
          store="redis"
          title="Redis"
          example="redis://user:password@host:6379/0"
          state={redis}
          source={data.source['redis'] ?? data.source['redis.url'] ?? null}
          url={urls.redisUrl}
          onUrl={setRedisUrl}
        />
        <ConnectionField
          store="postgres"
          title="PostgreSQL"
          example="postgres://user:password@host:5432/audit"
          state={postgres}
          source={data.source['postgres'] ?? data.source['postgres.url'] ?? null}
          url={urls.postgresUrl}
          onUrl={setPostgresUrl}
        />
        {save.error !== null && <ErrorNote error={save.error} />}
        <div className={classes.buttons}>
          <Button type="submit" variant="filled" color="accent" disabled={!isChanged} loading={save.isPending}>
            Save and connect
          </Button>
          <Button
            disabled={!isChanged}
            onClick={() => {
              setRedisUrl(null)
              setPostgresUrl(null)
            }}
          >
            As they were
          </Button>
          <span role="status">{save.isSuccess && !isChanged && <Mark tone="ok">Saved</Mark>}</span>
        </div>
      </form>
    </section>
  )
}
