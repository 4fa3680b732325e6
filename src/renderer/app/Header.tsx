import { ActionIcon, Button, NativeSelect, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useLive, useLiveFeed } from '../api/live.ts'
import { Icon } from '../components/Icon.tsx'
import { QueryBox } from '../components/query-box/QueryBox.tsx'
import { dialogs } from './dialogs.ts'
import { pages, scopes, type Scope } from './pages.ts'
import { pageAt } from './place.ts'
import { goTo, moveTo, usePlace } from './router.ts'
import { TimeRangeMenu } from './TimeRangeMenu.tsx'
import classes from './Header.module.css'

interface HeaderProps {
  /** What the workspace is called, on its colour: nobody should have to guess where a revocation would go. */
  readonly workspace: { readonly label: string; readonly colours: { background: string; text: string } } | null
}

/** Search, time range, live or paused: what every page has in common. */
export function Header({ workspace }: HeaderProps) {
  const { page, query } = usePlace()
  const [elsewhere, setElsewhere] = useState<Scope>('sessions')
  const isSearchPage = page === 'sessions' || page === 'events'
  const scope = isSearchPage ? page : elsewhere
  const { fields, history, saved, placeholder } = scopes[scope]
  return (
    <header className={classes.header}>
      {workspace !== null && (
        <span
          className={classes.workspace}
          style={{ background: workspace.colours.background, color: workspace.colours.text }}
        >
          {workspace.label}
        </span>
      )}
      <h1 className={classes.title}>{pages[page].title}</h1>
      <NativeSelect
        aria-label="What to search"
        className={classes.scope}
        value={scope}
        data={[
          { value: 'sessions', label: 'Sessions' },
          { value: 'events', label: 'Events' },
        ]}
        onChange={({ currentTarget: { value } }) => {
          const next = value === 'events' ? 'events' : 'sessions'
          if (isSearchPage) goTo(pageAt(next, { query }))
          else setElsewhere(next)
        }}
      />
      <QueryBox
        // What was typed and not searched for does not follow to another page.
        key={`${page} ${scope}`}
        label={`Search ${scope}`}
        placeholder={placeholder}
        fields={fields}
        history={history}
        saved={saved}
        query={isSearchPage ? query : ''}
        onSearch={(next) => (isSearchPage ? moveTo({ query: next, row: null }) : goTo(pageAt(scope, { query: next })))}
      />
      <TimeRangeMenu />
      <LiveSwitch />
      <Tooltip label="Commands (Ctrl+K)">
        <ActionIcon aria-label="Commands" onClick={() => dialogs.set('commands')}>
          <Icon name="commands" />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Help (?)">
        <ActionIcon aria-label="Help" onClick={() => dialogs.set('help')}>
          <Icon name="help" />
        </ActionIcon>
      </Tooltip>
    </header>
  )
}

function LiveSwitch() {
  const feed = useLiveFeed()
  const isPaused = useLive((view) => view.feed === 'paused')
  return (
    <Tooltip label={isPaused ? 'Follow what happens' : 'Hold the screen still'}>
      <Button
        className={classes.live}
        aria-pressed={isPaused}
        leftSection={<Icon name={isPaused ? 'play' : 'pause'} size={14} />}
        color={isPaused ? 'warning' : 'text'}
        onClick={() => feed.setPaused(!isPaused)}
      >
        {isPaused ? 'Paused' : 'Live'}
      </Button>
    </Tooltip>
  )
}
