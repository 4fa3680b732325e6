import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { backoffMs } from '../../../shared/backoff.ts'
import type { RuleNotes } from '../../../shared/contract/alerts.ts'
import { messageOf } from '../../../shared/errors.ts'
import type { Alert } from '../../../shared/model/alert.ts'
import type { Config } from '../config-schema.ts'
import type { Database } from '../postgres/database.ts'
import { createFeed } from '../postgres/feed.ts'
import type { Problems } from '../problems.ts'
import type { SignalBus } from '../signals.ts'
import type { Enrichment } from './enrich/enrichment.ts'
import { Follower } from './follower.ts'
import type { Rule } from './rule.ts'
import { ruleFolders } from './rules/folders.ts'
import type { LoadedRules } from './rules/load.ts'
import { createRuleSource } from './rules/rule-source.ts'
import { networksFrom } from './suppress.ts'
import { createSuppressor } from './suppressor.ts'

export interface WatcherDeps {
  database: Database
  config: Config
  signals: SignalBus
  problems: Problems
  log: Logger
  enrichment: Enrichment
}

export interface Watcher {
  /** Begins to watch. One engine on a store watches at a time. */
  start(): void
  /** Stops after the batch that is under way. */
  stop(): Promise<void>
  /** Looks at the rule files no more. */
  close(): Promise<void>
  /** Resolves when the rule files have been read for the first time. */
  opened(): Promise<void>
  /** The rule files as they were read. */
  rules(): LoadedRules
  /** Reads rule files that have changed just now. */
  reread(): Promise<void>
  /** The rules that run. */
  loaded(): readonly Rule[]
  /** What the rule of an alert says to people; null where it is not loaded any more. */
  notesOf(alert: Alert): RuleNotes | null
  /** Alerts raised since the engine started. */
  raised(): number
  /** Events that a rule left out since then because of a suppression, each once a rule. */
  suppressed(): number
}

export function createWatcher(deps: WatcherDeps): Watcher {
  const { database, config, problems, log, enrichment } = deps
  const feed = createFeed(database, 'watch', { from: 'beginning' })
  const suppressor = createSuppressor(database, networksFrom(enrichment.environment))
  let raised = 0
  let follower: Follower | null = null
  /** By followers before the present one. */
  let suppressedBefore = 0
  let stopping = new AbortController()
  let running: Promise<void> | null = null
  /** Aborted when other rules are loaded: the follower that runs the former ones ends. */
  let changed = new AbortController()
  const source = createRuleSource({
    folders: () => ruleFolders(config),
    environment: enrichment.environment,
    onChange: ({ rules }) => {
      log.info({ rules: rules.length }, 'rules were loaded')
      changed.abort()
    },
    onRefused(file, message) {
      log.warn({ message }, 'a rule file was refused')
      problems.report('watch', 'a rule file was refused: see Alerts, Rules', file)
    },
  })
  // At once, because an engine that only looks on lists the rules too.
  const loading = config.watch.enabled ? open() : Promise.resolve()

  /** First what rules are compiled against, and their alerts carry the versions of. */
  async function open(): Promise<void> {
    await enrichment.open()
    await source.open()
  }

  /**
   * Whatever goes wrong, what is in memory may be ahead of the store: it is thrown away and read anew. So it is for other
   * rules: they begin with what is stored, as after a restart.
   */
  async function run(signal: AbortSignal): Promise<void> {
    await loading
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await database.ready(signal)
        suppressedBefore += follower?.suppressed ?? 0
        const { environment } = enrichment
        changed = new AbortController()
        follower = new Follower({ ...deps, environment, rules: source.loaded.rules, feed, suppressor, onRaised })
        await follower.restore()
        attempt = 0
        await follower.follow(AbortSignal.any([signal, changed.signal]))
      } catch (error) {
        if (signal.aborted) return
        log.warn({ reason: messageOf(error), attempt }, 'the watcher stopped, and starts again')
        problems.report('watch', 'the watcher stopped and starts again where it was', messageOf(error))
        await sleep(backoffMs(attempt), undefined, { signal }).catch(() => undefined)
      }
    }
  }

  const onRaised = (count: number) => {
    raised += count
  }

  return {
    start() {
      if (running !== null) return
      stopping = new AbortController()
      running = run(stopping.signal)
    },
    async stop() {
      stopping.abort()
      await running
      running = null
    },
    close: () => source.close(),
    opened: () => loading,
    rules: () => source.loaded,
    async reread() {
      // The second look finds that nobody is writing any more.
      await source.look()
      await source.look()
    },
    loaded: () => source.loaded.rules,
    notesOf: (alert) => {
      const rule = source.loaded.rules.find(({ ruleId }) => ruleId === alert.ruleId)
      if (rule === undefined) return null
      const { description, falsePositives, references, version } = rule
      return {
        description,
        falsePositives: [...falsePositives],
        references: [...references],
        isChanged: version !== alert.ruleVersion,
      }
    },
    raised: () => raised,
    suppressed: () => suppressedBefore + (follower?.suppressed ?? 0),
  }
}
