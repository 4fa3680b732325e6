import type { LiveFeed } from '../api/live-feed.ts'
import { dialogs, openExport } from './dialogs.ts'
import { pages } from './pages.ts'
import { pageAt, pageNames } from './place.ts'
import { preferences, type Density, type ThemeChoice } from './preferences.ts'
import { currentPlace, goTo, moveTo } from './router.ts'

export interface Command {
  readonly title: string
  readonly keys?: string
  readonly run: () => void
}

const themes: Readonly<Record<ThemeChoice, string>> = {
  system: 'as the system',
  dark: 'dark',
  light: 'light',
  contrast: 'high contrast',
}
const densities: Readonly<Record<Density, string>> = { compact: 'compact', normal: 'normal', roomy: 'roomy' }

/** Everything that can be done from the keyboard without knowing its key. */
export function commandsFor(feed: LiveFeed): Command[] {
  const isPaused = feed.view.get().feed === 'paused'
  const { page } = currentPlace()
  return [
    ...pageNames.map((name) => ({
      title: `Go to ${pages[name].title}`,
      keys: `g ${pages[name].key}`,
      run: () => goTo(pageAt(name)),
    })),
    { title: isPaused ? 'Follow what happens' : 'Hold the screen still', run: () => feed.setPaused(!isPaused) },
    { title: 'Failed log-ins of the last hour', run: () => goTo(searchEvents('type:failed_login last:1h')) },
    { title: 'Sessions that are active now', run: () => goTo(pageAt('sessions', { query: 'state:active' })) },
    { title: 'Revocations', run: () => goTo(searchEvents('type:revoked last:7d')) },
    ...pages[page].spans.map((span) => ({
      title: `Show the last ${span}`,
      run: () => moveTo({ range: { kind: 'last', span } }),
    })),
    ...entries(themes).map(([theme, words]) => ({ title: `Theme: ${words}`, run: () => preferences.theme.set(theme) })),
    ...entries(densities).map(([density, words]) => ({
      title: `Rows: ${words}`,
      run: () => preferences.density.set(density),
    })),
    { title: 'Clock: local time', run: () => preferences.timeZone.set('local') },
    { title: 'Clock: UTC', run: () => preferences.timeZone.set('utc') },
    { title: 'Export what was found', run: openExport },
    { title: 'Help', keys: '?', run: () => dialogs.set('help') },
  ]
}

const searchEvents = (query: string) => pageAt('events', { query })

const entries = <K extends string>(record: Readonly<Record<K, string>>) => Object.entries(record) as [K, string][]

/** Commands that have every typed word in their title, in their own order. */
export function matching(commands: readonly Command[], typed: string): Command[] {
  const words = typed.toLowerCase().split(/\s+/)
  return commands.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)))
}
