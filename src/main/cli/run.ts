import { createRouterClient } from '@orpc/server'
import type { EngineClient } from '../../shared/contract/index.ts'
import { GatehouseError, messageOf } from '../../shared/errors.ts'
import type { Config } from '../engine/config-schema.ts'
import { loadConfig } from '../engine/config.ts'
import { createEngine } from '../engine/engine.ts'
import { createLogger } from '../log.ts'
import { findRunningSample } from '../sample/running.ts'
import { parseArguments } from './arguments.ts'
import { UsageError, type AnyCommand, type Command, type LocalContext } from './command.ts'
import { commands } from './commands.ts'
import { helpText } from './help.ts'
import { printable } from './printable.ts'

/** Exit codes: done, failed, wrong usage. */
type ExitCode = 0 | 1 | 2
const connectDeadlineMs = 15_000

export interface Terminal {
  out(text: string): void
  err(text: string): void
  env: NodeJS.ProcessEnv
  signal: AbortSignal
}

/** Runs one command on an engine of its own, which neither mirrors nor drains unless told to. */
export async function runCommand(argv: readonly string[], given: Terminal): Promise<ExitCode> {
  // Events, rule files and proofs are what somebody else wrote.
  const terminal: Terminal = {
    ...given,
    out: (text) => given.out(printable(text)),
    err: (text) => given.err(printable(text)),
  }
  const [name, ...rest] = argv
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    const asked = name === undefined || name === 'help' || name === '--help'
    terminal[asked ? 'out' : 'err'](asked ? helpText() : `gatehouse: there is no command "${name}"\n\n${helpText()}`)
    return asked ? 0 : 2
  }
  if (rest.includes('--help')) {
    terminal.out(helpText(command))
    return 0
  }
  try {
    await run(command, rest, terminal)
    return process.exitCode === 1 ? 1 : 0
  } catch (error) {
    terminal.err(`gatehouse ${name}: ${messageOf(error)}`)
    const wrong = error instanceof UsageError || (error instanceof GatehouseError && error.code === 'CONFIG_INVALID')
    return wrong ? 2 : 1
  }
}

async function run(command: AnyCommand, argv: readonly string[], terminal: Terminal): Promise<void> {
  const args = parseArguments(command, argv)
  const { config, configured } = loadConfig({ flags: args.settings, env: terminal.env })
  const json = args.options['json'] === true
  const context: LocalContext = {
    config,
    args,
    signal: terminal.signal,
    line: terminal.out,
    note: terminal.err,
    withStores: () => withStores(config, configured),
    answer: (value, text) => terminal.out(json ? JSON.stringify(value) : text()),
  }
  if (command.needs === 'nothing') return command.run(context)
  const stored = await context.withStores()
  const engine = createEngine({
    config: { ...stored, workspace: { ...stored.workspace, role: 'view' } },
    secretKey: null,
    log: createLogger('command', 'error'),
  })
  await engine.start()
  try {
    const client: EngineClient = createRouterClient(engine.router, { context: { peer: 'command line' } })
    await connected(client, command.needs)
    await command.run({ ...context, client, home: config.home, syncOnce: engine.syncOnce })
  } finally {
    await engine.stop()
  }
}

async function withStores(config: Config, configured: boolean): Promise<Config> {
  const sample = configured ? null : await findRunningSample(config.home)
  if (!configured && sample === null) {
    throw new UsageError(
      'nothing is configured: give --redis-url and --postgres-url (or REDIS_URL and POSTGRES_URL), or start the sample workspace with npm start',
    )
  }
  return {
    ...config,
    redis: { ...config.redis, url: sample?.redisUrl ?? config.redis.url },
    postgres: { ...config.postgres, url: sample?.postgresUrl ?? config.postgres.url },
  }
}

/** Waits until each store has answered or failed; throws the connection's own reason for one that the command needs. */
async function connected(client: EngineClient, needs: Command['needs']): Promise<void> {
  const deadline = performance.now() + connectDeadlineMs
  for (;;) {
    const connections = await client.system.connections()
    const waiting = [connections.redis, connections.postgres].some(
      ({ status, reason }) => status === 'connecting' && reason === null,
    )
    if (waiting && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      continue
    }
    const missing = needs.find((store) => connections[store].status !== 'connected')
    if (missing === undefined) return
    const { target, reason } = connections[missing]
    const code = missing === 'redis' ? 'REDIS_UNAVAILABLE' : 'POSTGRES_UNAVAILABLE'
    throw new GatehouseError(code, `${target}: ${reason ?? 'no answer'}`)
  }
}
