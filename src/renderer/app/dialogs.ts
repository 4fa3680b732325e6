import { createStore } from './store.ts'

/** The dialog of the frame that is open. */
export const dialogs = createStore<'help' | 'commands' | null>(null)
