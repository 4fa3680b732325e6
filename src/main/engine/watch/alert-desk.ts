import type { AlertListInput, RuleNotes, RuleTally, TriageInput } from '../../../shared/contract/alerts.ts'
import { GatehouseError } from '../../../shared/errors.ts'
import type { Alert } from '../../../shared/model/alert.ts'
import type { AlertId } from '../../../shared/model/ids.ts'
import type { Origin } from '../../../shared/model/page.ts'
import type { CacheReader } from '../sqlite/cache-reader.ts'
import { findAlert, listAlerts, type StoredAlert } from './alert-list.ts'
import { pageOf, type AlertPage } from './alert-page.ts'
import { tallyAlerts, tallyOf } from './alert-tally.ts'
import { triageAlerts, type TriageDeps, type TriageOutcome } from './triage.ts'

export interface AlertDeskDeps extends TriageDeps {
  cache: CacheReader
  /** When the cache last held all that the audit store had. */
  asOf: () => Date | null
  /** What the rule of an alert says to people. */
  notesOf: (alert: Alert) => RuleNotes | null
}

/** Where people look at alerts and say what they are. Reads the cache while PostgreSQL is away; acts need PostgreSQL. */
export interface AlertDesk {
  list(input: AlertListInput): Promise<AlertPage & { origin: Origin }>
  /** @throws GatehouseError NOT_FOUND */
  get(alertId: AlertId): Promise<StoredAlert & { notes: RuleNotes | null }>
  tally(): Promise<RuleTally[]>
  /** @throws GatehouseError POSTGRES_UNAVAILABLE */
  triage(input: TriageInput): Promise<TriageOutcome>
}

export function createAlertDesk(deps: AlertDeskDeps): AlertDesk {
  const { database, cache, asOf, notesOf } = deps
  const isStoreThere = () => database.state().status === 'connected'
  return {
    list: async (input) =>
      isStoreThere()
        ? { ...(await listAlerts(database, input)), origin: { store: 'postgres', asOf: null } }
        : { ...pageOf(cache.alerts(), input), origin: { store: 'cache', asOf: asOf() } },
    async get(alertId) {
      const found = isStoreThere() ? await findAlert(database, alertId) : cache.alert(alertId)
      if (found === null) throw new GatehouseError('NOT_FOUND', `Alert ${alertId} is not in the store.`)
      return { ...found, notes: notesOf(found.alert) }
    },
    tally: async () => (isStoreThere() ? tallyAlerts(database, Date.now()) : tallyOf(cache.alerts(), Date.now())),
    triage: (input) => triageAlerts(deps, input),
  }
}
