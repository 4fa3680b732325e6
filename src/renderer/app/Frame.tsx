import { useQuery } from '@tanstack/react-query'
import { useEffect, type ReactNode } from 'react'
import { useEngine } from '../api/engine.ts'
import type { LinkState } from '../api/port.ts'
import { Banners } from './Banners.tsx'
import { Header } from './Header.tsx'
import { pages } from './pages.ts'
import { workspaceColours } from './palette.ts'
import { Rail } from './Rail.tsx'
import { usePlace } from './router.ts'
import { StatusBar } from './StatusBar.tsx'
import type { Store } from './store.ts'
import classes from './Frame.module.css'

/** What stands around every page. */
export function Frame({ link, children }: { link: Store<LinkState>; children: ReactNode }) {
  const { page } = usePlace()
  const workspace = useQuery(useEngine().queries.system.info.queryOptions({ staleTime: Infinity })).data?.workspace
  const label = workspace === undefined ? null : workspaceLabel(workspace)
  const colours = workspace && workspaceColours[workspace.kind]

  useEffect(() => {
    document.title = [pages[page].title, label, 'Gatehouse'].filter(Boolean).join(' · ')
  }, [page, label])

  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main" onClick={skipToMain}>
        Skip to the page
      </a>
      <div className={classes.workspace} style={colours && { background: colours.background }} />
      <Rail />
      <div className={classes.header}>
        <Header workspace={label !== null && colours !== undefined ? { label, colours } : null} />
        <Banners link={link} />
      </div>
      <main id="main" className={classes.main} tabIndex={-1}>
        {children}
      </main>
      <StatusBar />
    </div>
  )
}

/** "PROD", with the name where it says more than the kind. */
function workspaceLabel({ kind, name }: { kind: string; name: string }): string {
  return name.toLowerCase().includes(kind) ? name : `${kind.toUpperCase()} ${name}`
}

/** The address belongs to the router: a plain jump would change it. */
function skipToMain(event: { preventDefault(): void }) {
  event.preventDefault()
  document.querySelector<HTMLElement>('main')?.focus()
}
