import { Loader } from '@mantine/core'
import { useEffect, useState } from 'react'
import { messageOf } from '../../shared/errors.ts'
import { engineOver, type Engine } from '../api/engine.ts'
import { createLiveFeed, type LiveFeed } from '../api/live-feed.ts'
import { connectEngine, type LinkState } from '../api/port.ts'
import { App } from './App.tsx'
import { createStore, useStore } from './store.ts'
import classes from './Start.module.css'

const link = createStore<LinkState>('connecting')

/** One connection a page, however often React draws it. */
const connection = connectEngine((state) => link.set(state)).then((connected) => ({
  engine: engineOver(connected),
  feed: createLiveFeed(connected.client, document),
}))

/** What there is to see until the engine has answered, or why it will not. */
export function Start() {
  const [ready, setReady] = useState<{ engine: Engine; feed: LiveFeed } | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const state = useStore(link)
  useEffect(() => {
    connection.then(setReady, (error: unknown) => setFailure(messageOf(error)))
  }, [])
  if (state === 'signed-out' || failure !== null) {
    return (
      <main className={classes.start}>
        <h1>Gatehouse</h1>
        <p role="alert">{failure ?? 'This browser is no longer signed in. Open the address that Gatehouse printed.'}</p>
      </main>
    )
  }
  if (ready !== null) return <App engine={ready.engine} feed={ready.feed} link={link} />
  return (
    <main className={classes.start}>
      <h1>Gatehouse</h1>
      <p role="status">
        <Loader size={14} color="accent" /> Connecting to the engine
      </p>
    </main>
  )
}
