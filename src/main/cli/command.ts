import type { EngineClient } from '../../shared/contract/index.ts'
import type { Config } from '../engine/config-schema.ts'
import type { SyncSummary } from '../engine/engine.ts'

/** What every command has at hand. */
export interface LocalContext {
  config: Config
  /** Words and options of the command line, the command's own name left out. */
  args: CommandArgs
  /** Writes one answer: JSON with `--json`, else the text. */
  answer(json: unknown, text: () => string): void
  /** Writes one line of a stream. */
  line(text: string): void
  /** Says something beside the answer, to people. */
  note(text: string): void
  /** The settings with the stores to read: those configured, else the sample that runs. Throws UsageError without any. */
  withStores(): Promise<Config>
  /** Aborted by SIGINT and SIGTERM. */
  signal: AbortSignal
}

/** What a command has that runs on an engine of its own. */
export interface CommandContext extends LocalContext {
  client: EngineClient
  /** Folder of the settings, the cache and finished exports. */
  home: string
  syncOnce(signal: AbortSignal): Promise<SyncSummary>
}

export interface CommandArgs {
  words: readonly string[]
  options: Readonly<Record<string, string | boolean | undefined>>
}

interface CommandHelp {
  /** As the help shows it, without the program's name. */
  usage: string
  does: string
  options: Readonly<Record<string, { type: 'string' | 'boolean'; does: string }>>
}

export type AnyCommand = Command | LocalCommand

export interface Command extends CommandHelp {
  /** Which stores must be there before it runs; the others may be away (a search then reads the cache). */
  needs: readonly ('redis' | 'postgres')[]
  run(context: CommandContext): Promise<void>
}

/** A command that starts no engine. */
export interface LocalCommand extends CommandHelp {
  needs: 'nothing'
  run(context: LocalContext): Promise<void>
}

/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Of a command that has options alone. */
export function refuseWords({ words: [word] }: CommandArgs, command: string): void {
  if (word !== undefined) throw new UsageError(`${command} takes no words, but there is "${word}"`)
}

/** The option's text, or undefined. */
export function textOption(args: CommandArgs, name: string): string | undefined {
  const value = args.options[name]
  return typeof value === 'string' ? value : undefined
}

/** A whole number of at least `least` under this option, else the default. */
export function numberOption(args: CommandArgs, name: string, fallback: number, least: number): number {
  const text = textOption(args, name)
  if (text === undefined) return fallback
  const number = Number(text)
  if (!Number.isInteger(number) || number < least)
    throw new UsageError(`--${name} takes a whole number from ${least} on, not "${text}"`)
  return number
}

/** One of a few words under this option, else the first of them. */
export function choiceOption<const Choice extends string>(
  args: CommandArgs,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const text = textOption(args, name)
  if (text === undefined) return choices[0]
  const choice = choices.find((candidate) => candidate === text)
  if (choice === undefined) throw new UsageError(`--${name} takes ${choices.join(' or ')}, not "${text}"`)
  return choice
}
