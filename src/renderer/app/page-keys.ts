import { useEffect } from 'react'
import { createStore } from './store.ts'

/** What keys do on the page that is shown, beside those that work everywhere. */
export type PageKeys = Readonly<Record<string, () => void>>

const none: PageKeys = {}
export const pageKeys = createStore<PageKeys>(none)

/** Gives keys a meaning as long as the component is shown. */
export function usePageKeys(keys: PageKeys): void {
  useEffect(() => {
    pageKeys.set(keys)
    return () => pageKeys.set(none)
  }, [keys])
}
