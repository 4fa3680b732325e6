import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { createContext, use } from 'react'
import type { EngineConnection } from './port.ts'

const queriesOf = (connection: EngineConnection) => createTanstackQueryUtils(connection.client)

/** What every page reaches the engine by: the client itself, and the same calls as query and mutation options. */
export interface Engine extends EngineConnection {
  readonly queries: ReturnType<typeof queriesOf>
}

export const engineOver = (connection: EngineConnection): Engine => ({
  ...connection,
  queries: queriesOf(connection),
})

export const EngineContext = createContext<Engine | null>(null)

export function useEngine(): Engine {
  const engine = use(EngineContext)
  if (engine === null) throw new Error('useEngine belongs below EngineContext: see app/App.tsx')
  return engine
}
