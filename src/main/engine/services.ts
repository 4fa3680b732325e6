import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { AlertListInput, TriageInput } from '../../shared/contract/alerts.ts'
import type { contract } from '../../shared/contract/index.ts'
import type { NotifyChannels } from '../../shared/contract/notifications.ts'
import type { NewSuppression } from '../../shared/contract/suppressions.ts'
import type {
  BacktestInput,
  BacktestMessage,
  BacktestProof,
  ProofCheckInput,
  ProofCheckMessage,
} from '../../shared/model/backtest.ts'
import type { AlertId, SessionId } from '../../shared/model/ids.ts'
import type { Channel, DesktopNotice } from '../../shared/model/notification.ts'
import type { RevocationTarget } from '../../shared/model/revocation.ts'
import type { RuleCheck, RuleDraft } from '../../shared/model/rule.ts'
import type { SuppressionDraft } from '../../shared/model/suppression.ts'
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
  lists(): Out['system']['lists']
  connections(): Out['system']['connections']
  testConnection(input: In['system']['testConnection']): Promise<Out['system']['testConnection']>
  saveConnections(input: In['system']['saveConnections']): Promise<void>
  searchSessions(input: Required<In['sessions']['search']>): Promise<Out['sessions']['search']>
  getSession(sessionId: SessionId): Promise<Out['sessions']['get']>
  searchEvents(input: Required<In['events']['search']>): Promise<Out['events']['search']>
  tail(query: string, signal: AbortSignal | undefined): Stream<Item<Out['events']['tail']>>
  listAlerts(input: AlertListInput): Promise<Out['alerts']['list']>
  getAlert(alertId: AlertId): Promise<Out['alerts']['get']>
  tallyAlerts(): Promise<Out['alerts']['tally']>
  triage(input: TriageInput): Promise<Out['alerts']['triage']>
  rules(): Promise<Out['rules']['list']>
  ruleFile(input: Required<In['rules']['get']>): Promise<Out['rules']['get']>
  checkRule(draft: RuleDraft): Promise<RuleCheck>
  saveRule(input: In['rules']['save']): Promise<Out['rules']['save']>
  eventFiles(): Promise<Out['rules']['eventFiles']>
  backtest(input: BacktestInput, signal: AbortSignal | undefined): Stream<BacktestMessage>
  verifyProof(input: ProofCheckInput, signal: AbortSignal | undefined): Stream<ProofCheckMessage>
  listSuppressions(input: Required<In['suppressions']['list']>): Promise<Out['suppressions']['list']>
  previewSuppression(input: SuppressionDraft): Promise<Out['suppressions']['preview']>
  createSuppression(input: NewSuppression): Promise<Out['suppressions']['create']>
  endSuppression(input: In['suppressions']['end']): Promise<Out['suppressions']['end']>
  notificationStatus(): Promise<Out['notifications']['status']>
  testNotification(channel: Channel): Promise<Out['notifications']['test']>
  configureNotifications(channels: NotifyChannels): Promise<void>
  desktopNotices(signal: AbortSignal | undefined): Stream<DesktopNotice>
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
  exportProof(proof: BacktestProof): Promise<Out['reports']['proof']>
  exportRows(
    spec: Required<In['reports']['export']>,
    signal: AbortSignal | undefined,
  ): Stream<Item<Out['reports']['export']>>
}
