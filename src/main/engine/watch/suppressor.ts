import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Database } from '../postgres/database.ts'
import { allSuppressions, suppressionRevision } from './suppress-store.ts'
import { compileSuppressions, type SuppressionTest } from './suppress.ts'

/** The suppressions as the watcher uses them. */
export interface Suppressor {
  /** Reads them anew where they have changed. Call it after reading events and before judging them. */
  refresh(): Promise<void>
  test: SuppressionTest
}

export function createSuppressor(database: Database, networksOf: (event: AuditEvent) => readonly string[]): Suppressor {
  let revision = -1
  let isSuppressed: SuppressionTest = () => false
  return {
    async refresh() {
      const now = await suppressionRevision(database)
      if (now === revision) return
      isSuppressed = compileSuppressions(await allSuppressions(database), networksOf)
      revision = now
    },
    test: (event, ruleId) => isSuppressed(event, ruleId),
  }
}
