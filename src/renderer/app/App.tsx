import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useState, type ComponentType } from 'react'
import { EngineContext, type Engine } from '../api/engine.ts'
import type { LiveFeed } from '../api/live-feed.ts'
import { LiveContext } from '../api/live.ts'
import type { LinkState } from '../api/port.ts'
import { followRevisions } from '../api/revisions.ts'
import { AlertsPage } from '../pages/alerts/AlertsPage.tsx'
import { EventsPage } from '../pages/events/EventsPage.tsx'
import { OverviewPage } from '../pages/overview/OverviewPage.tsx'
import { QueuesPage } from '../pages/queues/QueuesPage.tsx'
import { RevokeDialog } from '../pages/sessions/revoke/RevokeDialog.tsx'
import { SessionsPage } from '../pages/sessions/SessionsPage.tsx'
import { SettingsPage } from '../pages/settings/SettingsPage.tsx'
import { CommandPalette } from './CommandPalette.tsx'
import { dialogs, openExport } from './dialogs.ts'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import { Frame } from './Frame.tsx'
import { HelpDialog } from './HelpDialog.tsx'
import type { PageName } from './place.ts'
import { usePlace } from './router.ts'
import { listenForShortcuts } from './shortcuts.ts'
import type { Store } from './store.ts'

const pageViews: Readonly<Record<PageName, ComponentType>> = {
  overview: OverviewPage,
  sessions: SessionsPage,
  events: EventsPage,
  alerts: AlertsPage,
  queues: QueuesPage,
  settings: SettingsPage,
}

/** Errors are shown with a button, and the engine says by itself when something changed: nothing is asked again in between. */
const newCache = () =>
  new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false, staleTime: 5_000 } } })

export function App({ engine, feed, link }: { engine: Engine; feed: LiveFeed; link: Store<LinkState> }) {
  const [cache] = useState(newCache)
  const { page } = usePlace()
  const Page = pageViews[page]

  useEffect(() => followRevisions(feed, engine, cache), [feed, engine, cache])
  useEffect(() => listenForShortcuts(window), [])
  useEffect(() => engine.onCommand((command) => (command === 'help' ? dialogs.set('help') : openExport())), [engine])
  // What failed while the engine was away is asked again when it is back.
  useEffect(() => link.subscribe(() => link.get() === 'connected' && void cache.invalidateQueries()), [link, cache])
  return (
    <EngineContext value={engine}>
      <LiveContext value={feed}>
        <QueryClientProvider client={cache}>
          <Frame link={link}>
            <ErrorBoundary key={page}>
              <Page />
            </ErrorBoundary>
          </Frame>
          <RevokeDialog />
          <HelpDialog />
          <CommandPalette />
        </QueryClientProvider>
      </LiveContext>
    </EngineContext>
  )
}
