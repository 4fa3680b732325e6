import type { ReferenceFile } from '../../../../shared/model/reference.ts'
import type { Config } from '../../config-schema.ts'
import type { RuleEnvironment } from '../rules/environment.ts'
import { createAddressBook } from './address-facts.ts'
import { enrichedFields } from './enriched-fields.ts'
import { namedReferences, referenceStates } from './references.ts'

/** What rules ask beside the event itself: geography, lists, agents. */
export interface Enrichment {
  environment: RuleEnvironment
  /** Reads the files, and from then on again when they change. */
  open(): Promise<void>
  /** Ends that for good. What was read stays in use. */
  close(): Promise<void>
  /** Reads what has changed, now. */
  look(): Promise<void>
  files(): ReferenceFile[]
}

/** Between two looks at the files: one that changed is in use after two. */
const lookMs = 2_000

/** @param report hears what is wrong: a reason, and which file, where and why */
export function createEnrichment(
  settings: Pick<Config['watch'], 'geo' | 'lists'>,
  report: (reason: string, key: string) => void,
): Enrichment {
  const references = namedReferences(settings)
  const all = [...references.databases, ...references.lists]
  const book = createAddressBook(references, ({ name, damage }) =>
    report('a geographic database is damaged: see Alerts, Rules', `${name}: ${damage}`),
  )
  /** Versions of lists whose bad lines were reported, by file. */
  const told = new Map<string, string>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let looking: Promise<void> = Promise.resolve()

  async function readChanged(): Promise<void> {
    for (const source of all) {
      if (!(await source.kept.look())) continue
      if ('damage' in source) source.damage = null
      book.forget()
      if (source.kept.problem !== null) {
        report(
          'a list or a geographic database cannot be used: see Alerts, Rules',
          `${source.file}: ${source.kept.problem}`,
        )
      }
    }
    for (const { file, kept } of references.lists) {
      if (kept.kept === null || told.get(file) === kept.kept.version) continue
      told.set(file, kept.kept.version)
      for (const { line, text, reason } of kept.kept.contents.examples) {
        report(
          'lines of a list were not understood, and left out: see Alerts, Rules',
          `${file}:${line}: "${text}", ${reason}`,
        )
      }
    }
  }

  const look = (): Promise<void> => (looking = looking.then(readChanged))

  const byName = enrichedFields(references, book)
  return {
    environment: {
      field: (name) => byName.get(name) ?? null,
      fieldNames: [...byName.keys()],
      version: (name) => all.find((source) => source.name === name)?.kept.kept?.version ?? 'absent',
    },
    async open() {
      await look()
      if (!isClosed) timer ??= setInterval(() => void look(), lookMs).unref()
    },
    async close() {
      isClosed = true
      clearInterval(timer)
      await looking
    },
    look,
    files: () => referenceStates(references),
  }
}
