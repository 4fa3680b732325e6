import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { messageOf } from '../../../../shared/errors.ts'
import type { RuleEnvironment } from './environment.ts'
import { RuleLoader, type LoadedRules } from './load.ts'

/** The rules of folders, as the files stand. */
export interface RuleSource {
  readonly loaded: LoadedRules
  /** Reads the files, and from then on again when they change. */
  open(): Promise<void>
  close(): Promise<void>
  /** Looks once, and reads what has changed and is not being written: two looks must find it the same. */
  look(): Promise<void>
}

/** Between two looks: a file that changed is in use after two. */
const lookMs = 2_000

/**
 * @param options.folders asked at each look: one may come later
 * @param options.onChange hears that other rules are loaded now than before
 * @param options.onRefused hears of each file that cannot be used, once for each reason
 */
export function createRuleSource(options: {
  folders: () => readonly string[]
  environment: RuleEnvironment
  onChange: (loaded: LoadedRules) => void
  onRefused: (file: string, message: string) => void
}): RuleSource {
  const { folders, onChange, onRefused } = options
  const loader = new RuleLoader(options.environment)
  let loaded: LoadedRules = { rules: [], tests: [], files: [], refused: [] }
  let seen: string | null = null
  let done: string | null = null
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()

  async function readChanged(): Promise<void> {
    const now = folders()
    const mark = await markOf(now)
    const isSettled = seen === null || seen === mark
    seen = mark
    if (mark === done || !isSettled) return
    done = mark
    const before = loaded
    loaded = await loader.load(now)
    for (const { file, message } of loaded.refused) {
      if (!before.refused.some((known) => known.message === message)) onRefused(file, message)
    }
    if (versionsOf(loaded) !== versionsOf(before)) onChange(loaded)
  }

  const look = (): Promise<void> => (looking = looking.then(readChanged))

  return {
    get loaded() {
      return loaded
    },
    async open() {
      await look()
      timer ??= setInterval(() => void look(), lookMs).unref()
    },
    async close() {
      clearInterval(timer)
      timer = undefined
      await looking
    },
    look,
  }
}

const versionsOf = ({ rules }: LoadedRules): string => rules.map(({ ruleId, version }) => `${ruleId} ${version}`).join()

/** Changes with any file of the folders. */
async function markOf(folders: readonly string[]): Promise<string> {
  const marks = await Promise.all(folders.map((folder) => folderMark(folder)))
  return marks.join('\n')
}

async function folderMark(folder: string): Promise<string> {
  try {
    const names = (await readdir(folder)).toSorted()
    const marks = await Promise.all(names.map((name) => fileMark(path.join(folder, name))))
    return marks.join(';')
  } catch (error) {
    // The loader says so; here it only has to differ from a folder that can be read.
    return messageOf(error)
  }
}

const fileMark = (file: string): Promise<string> =>
  stat(file).then(
    ({ size, ctimeMs, ino }) => `${file} ${size} ${ctimeMs} ${ino}`,
    (error: unknown) => `${file} ${messageOf(error)}`,
  )
