import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { AlertChange, Finding } from '../../../src/main/engine/watch/alert-change.ts'
import { createEngineOfRules, type EngineOfRules } from '../../../src/main/engine/watch/engine-of-rules.ts'
import { createEnrichment } from '../../../src/main/engine/watch/enrich/enrichment.ts'
import type { Rule } from '../../../src/main/engine/watch/rule.ts'
import { loadRules } from '../../../src/main/engine/watch/rules/load.ts'
import { resourcePath } from '../../../src/main/resources.ts'
import type { AuditEvent } from '../../../src/shared/model/event.ts'
import { createTempDir } from '../temp.ts'
import { addressLists } from './addresses.ts'

export interface Catalogue {
  rules: readonly Rule[]
  /** An engine that has seen nothing, with lateness as by default. */
  newEngine(rules?: readonly Rule[]): EngineOfRules
}

const latenessMs = 60_000
/** As many as the watcher reads of the feed at a time. */
const portion = 2_000

/**
 * The shipped rules, with the shipped database of countries and the lists that the labelled events were made for.
 * @throws Error where one of the files was refused
 */
export async function openCatalogue(folder = resourcePath('rules')): Promise<Catalogue> {
  const lists = await Promise.all(
    Object.entries(addressLists).map(async ([name, ranges]) => {
      const file = path.join((await createTempDir()).path, `${name}.txt`)
      await writeFile(file, `${ranges.join('\n')}\n`)
      return { name, file, kind: name as keyof typeof addressLists }
    }),
  )
  const enrichment = createEnrichment({ geo: { databases: [] }, lists }, (reason, key) => {
    throw new Error(`${reason}: ${key}`)
  })
  await enrichment.look()
  const { rules, refused } = await loadRules([folder], enrichment.environment)
  if (refused.length > 0) throw new Error(refused.map(({ message }) => message).join('\n'))
  const versions = (name: string) => enrichment.environment.version(name)
  return { rules, newEngine: (chosen = rules) => createEngineOfRules(chosen, { latenessMs, versions }) }
}

/** What a run of events is told by an engine, portion by portion, as the watcher pushes them. */
export function alertsOf(engine: EngineOfRules, events: readonly AuditEvent[]): Finding[] {
  const alerts = new Map<string, Finding>()
  const apply = (changes: readonly AlertChange[]): void => {
    for (const change of changes) {
      if (change.kind === 'withdrawn') alerts.delete(change.alertId)
      else alerts.set(change.alert.alertId, change.alert)
    }
  }
  for (let from = 0; from < events.length; from += portion) apply(engine.push(events.slice(from, from + portion)))
  const last = events.at(-1)
  if (last !== undefined) apply(engine.advance(last.createdAt.getTime() + 86_400_000))
  return [...alerts.values()]
}
