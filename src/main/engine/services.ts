import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { contract } from '../../shared/contract/index.ts'
import type { AlertId, SessionId } from '../../shared/model/ids.ts'
import type { RevocationTarget } from '../../shared/model/revocation.ts'
import type { LiveStatus } from '../../shared/model/system.ts'

type In = InferContractRouterInputs<typeof contract>
type Out = InferContractRouterOutputs<typeof contract>
type Item<Events> = Events extends AsyncIterator<infer T> ? T : never
type Stream<T> = AsyncGenerator<T, void, void>

/** What the engine does for its callers: the contract's calls, one function each. engine.ts puts them together. */
export interface Services {
  readonly readOnly: boolean
  info(): Out['system']['info']
  live(signal: AbortSignal | undefined): Stream<LiveStatus>
  series(fromMs: number, toMs: number): Out['system']['series']
  sessionStores(): Promise<Out['system']['sessionStores']>
  connections(): Out['system']['connections']
  testConnection(input: In['system']['testConnection']): Promise<Out['system']['testConnection']>
  saveConnections(input: In['system']['saveConnections']): Promise<void>
  searchSessions(input: Required<In['sessions']['search']>): Promise<Out['sessions']['search']>
  getSession(sessionId: SessionId): Promise<Out['sessions']['get']>
  searchEvents(input: Required<In['events']['search']>): Promise<Out['events']['search']>
  tail(query: string, signal: AbortSignal | undefined): Stream<Item<Out['events']['tail']>>
  listAlerts(limit: number): Promise<Out['alerts']['list']>
  getAlert(alertId: AlertId): Promise<Out['alerts']['get']>
  rules(): Out['alerts']['rules']
  queueStatus(): Promise<Out['queues']['status']>
  peek(input: Required<In['queues']['peek']>): Promise<Out['queues']['peek']>
  failed(input: Required<In['queues']['failed']>): Promise<Out['queues']['failed']>
  requeue(input: In['queues']['requeue']): Promise<Out['queues']['requeue']>
  discard(input: In['queues']['discard']): Promise<Out['queues']['discard']>
  plan(target: RevocationTarget): Promise<Out['revocations']['plan']>
  execute(input: In['revocations']['execute']): Stream<Item<Out['revocations']['execute']>>
  guarded(): Promise<Out['revocations']['guarded']>
  actions(limit: number): Promise<Out['revocations']['actions']>
  serviceHealth(): Out['monitoring']['health']
  auditMetrics(): Out['monitoring']['auditMetrics']
  metrics(): Promise<Out['monitoring']['metrics']>
  exportRows(
    spec: Required<In['reports']['export']>,
    signal: AbortSignal | undefined,
  ): Stream<Item<Out['reports']['export']>>
}
