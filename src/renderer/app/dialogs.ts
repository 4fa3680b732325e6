import { pageAt } from './place.ts'
import { currentPlace, goTo } from './router.ts'
import { createStore } from './store.ts'

/** The dialog of the frame that is open. */
export const dialogs = createStore<'help' | 'commands' | 'export' | null>(null)

/** Asks how to export what the page found; from a page that finds nothing, all events. */
export function openExport(): void {
  const { page } = currentPlace()
  if (page !== 'sessions' && page !== 'events') goTo(pageAt('events'))
  dialogs.set('export')
}
