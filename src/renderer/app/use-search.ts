import { useMemo } from 'react'
import { anyTime, withRange } from '../query/time-range.ts'
import { pages } from './pages.ts'
import { usePlace } from './router.ts'

/** The query of the page with its time range: what the engine is asked. */
export function useSearch(): string {
  const { page, query, range } = usePlace()
  return useMemo(() => withRange(query, range ?? pages[page].range ?? anyTime), [page, query, range])
}
