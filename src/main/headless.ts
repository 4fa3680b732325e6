import { GatehouseError, messageOf } from '../shared/errors.ts'
import { parseArguments } from './cli/arguments.ts'
import { numberOption, UsageError } from './cli/command.ts'
import { homeOf, loadConfig, spawnWorkspace } from './engine/spawn.ts'
import { createLogger } from './log.ts'
import { passphraseKey } from './passphrase-key.ts'
import { builtScreenDir, loadScreen } from './screen-files.ts'
import { startWebHost } from './web/host.ts'

const options = {
  port: { type: 'string', does: 'port on 127.0.0.1; any free one if left out' },
  sample: { type: 'boolean', does: 'the sample workspace, whatever is configured' },
} as const

/** Starts engine and web host, prints the address as JSON, and returns what stops both. */
async function serve(argv: readonly string[]): Promise<() => Promise<void>> {
  const args = parseArguments({ options }, argv)
  const sources = { flags: args.settings, env: process.env }
  const secretKey = await passphraseKey(process.env['GATEHOUSE_PASSPHRASE'], homeOf(sources))
  const loaded = loadConfig({ ...sources, secretKey })
  const { config } = loaded
  const port = numberOption(args, 'port', config.web.port, 0)
  const log = createLogger('host', config.log.level)
  if (secretKey === null) log.info('passwords are not saved: set GATEHOUSE_PASSPHRASE to let them be sealed')
  const screen = await loadScreen(builtScreenDir())
  const engine = await spawnWorkspace({ loaded, secretKey, sample: args.options['sample'] === true, log })
  try {
    const host = await startWebHost({
      engine,
      screen,
      home: config.home,
      port,
      metricsToken: config.web.metricsToken,
      log,
    })
    process.stdout.write(`${JSON.stringify({ url: host.url })}\n`)
    return async () => {
      await host.stop()
      await engine.stop()
    }
  } catch (error) {
    await engine.stop()
    throw error
  }
}

/** Exit codes: 0 stopped as asked, 1 failed, 2 wrong usage or settings. */
function fail(error: unknown): never {
  process.stderr.write(`gatehouse serve: ${messageOf(error)}\n`)
  const wrong = error instanceof UsageError || (error instanceof GatehouseError && error.code === 'CONFIG_INVALID')
  process.exit(wrong ? 2 : 1)
}

const [command, ...argv] = process.argv.slice(2)
if (command !== 'serve') fail(new UsageError('headless runs one command: serve [--port N] [--sample]'))
const serving = serve(argv)
serving.catch(fail)

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Asked twice: somebody does not want to wait.
    if (stopping) process.exit(1)
    stopping = true
    serving.then((stop) => stop()).then(() => process.exit(0), fail)
  })
}
