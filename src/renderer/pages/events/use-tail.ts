import { useEffect, useState } from 'react'
import { useEngine } from '../../api/engine.ts'
import { subscribe } from '../../api/subscription.ts'

/**
 * Counts the events that were stored since the page was opened and that a query matches. `isOn` follows them; while off
 * the count stands. A query that cannot be read follows nothing: the search beside it says what is wrong.
 */
export function useTail(query: string, isOn: boolean): number {
  const { client } = useEngine()
  const [count, setCount] = useState(0)
  useEffect(() => {
    if (!isOn) return undefined
    return subscribe(() => client.events.tail({ query }), {
      onValue: ({ events, omitted }) => setCount((now) => now + events.length + omitted),
      onBroken: () => undefined,
    })
  }, [client, query, isOn])
  return count
}
