import { parseArgs } from 'node:util'
import { UsageError, type AnyCommand, type CommandArgs } from './command.ts'

/** Options of every command that set something in the configuration; dotted names are settings, too. */
const settingNames: ReadonlySet<string> = new Set(['redis-url', 'postgres-url', 'home'])

export interface ParsedArguments extends CommandArgs {
  /** For loadConfig: by the names it takes. */
  settings: Readonly<Record<string, string>>
}

/** Reads a command's arguments. Throws UsageError naming an option that the command does not have. */
export function parseArguments(command: Pick<AnyCommand, 'options'>, argv: readonly string[]): ParsedArguments {
  const declared = Object.entries(command.options).map(([name, { type }]) => [name, { type }] as const)
  const given = argv.flatMap((word) => /^--([^=]+)/.exec(word)?.[1] ?? [])
  const settings = given.filter((name) => settingNames.has(name) || name.includes('.'))
  const options = Object.fromEntries([
    ...settings.map((name) => [name, { type: 'string' }] as const),
    ...declared,
    ['json', { type: 'boolean' }] as const,
    ['help', { type: 'boolean' }] as const,
  ])
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
    const all = values as Record<string, string | boolean | undefined>
    return {
      words: positionals,
      options: all,
      settings: Object.fromEntries(settings.map((name) => [name, String(all[name])])),
    }
  } catch (error) {
    // Node's own words name the option and what it takes.
    throw new UsageError(error instanceof Error ? (error.message.split('. To specify', 1)[0] ?? '') : String(error))
  }
}
