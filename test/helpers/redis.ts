import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort } from './ports.ts'
import { keep } from './teardown.ts'
import { createTempDir } from './temp.ts'
import { waitFor } from './wait.ts'

export interface RedisOptions {
  /** More arguments of redis-server, for example `['--appendonly', 'yes']`. They win over the defaults. */
  args?: string[]
  /** To start again where a killed server was. Default: a free port. */
  port?: number
  /** Folder of its files, to start again with what a killed server stored. Default: a temporary folder. */
  dir?: string
  /** Its configuration file; a Sentinel writes there what it knows. Default: none. */
  configFile?: string
}

export interface RedisServer {
  /** `redis://127.0.0.1:<port>` */
  url: string
  port: number
  pid: number
  dir: string
  /** Shuts it down and waits for its end. */
  stop: () => Promise<void>
  /** Ends it with SIGKILL, as a crash would, and waits for its end. */
  kill: () => Promise<void>
}

/**
 * Starts a real redis-server on 127.0.0.1 and returns when it answers PING. It stores nothing on disk unless `args` say
 * so, and ends with the test file at the latest.
 * @throws Error with the server's output when it does not come up
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const dir = options.dir ?? (await createTempDir()).path
  if (options.port !== undefined) return launch(options.port, dir, options)
  try {
    return await launch(await freePort(), dir, options)
  } catch (error) {
    if (!String(error).includes('Address already in use')) throw error
    return launch(await freePort(), dir, options)
  }
}

async function launch(port: number, dir: string, { args = [], configFile }: RedisOptions): Promise<RedisServer> {
  const defaults = ['--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no', '--loglevel', 'warning']
  const file = configFile === undefined ? [] : [configFile]
  const server = spawn('redis-server', [...file, '--port', String(port), ...defaults, ...args])
  let output = ''
  const collect = (text: Buffer) => (output += text.toString())
  server.stdout.on('data', collect)
  server.stderr.on('data', collect)
  server.once('error', collect)
  const exited = once(server, 'close')

  const end = async (signal: NodeJS.Signals) => {
    server.kill(signal)
    await exited
  }
  const stop = keep({ release: () => end('SIGTERM'), abandon: () => void server.kill('SIGKILL') })

  const gone = () => server.exitCode !== null || server.signalCode !== null || server.pid === undefined
  const up = await waitFor(async () => gone() || (await answersPing(port)), { what: `redis-server on port ${port}` })
  if (up && gone()) throw new Error(`redis-server on port ${port} ended: ${output}`)
  return { url: `redis://127.0.0.1:${port}`, port, pid: server.pid ?? 0, dir, stop, kill: () => end('SIGKILL') }
}

/** A server that wants a password answers too, with -NOAUTH. */
async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write('PING\r\n')
    const [reply] = await once(socket.setEncoding('utf8'), 'data')
    return /^(\+PONG|-NOAUTH)/.test(String(reply))
  } finally {
    socket.destroy()
  }
}

/**
 * Runs the real redis-cli, for input that must not pass through our own code.
 * @param args the command; without one, `stdin` holds commands line by line
 * @param stdin for `['-x', 'RPUSH', 'audit:queue']` the last argument of the command
 * @returns what it printed, without the final line break
 * @throws Error with redis-cli's message when Redis answers with an error
 */
export async function redisCli(url: string, args: string[], stdin?: string | Uint8Array): Promise<string> {
  const address = new URL(url)
  // redis-cli takes a password without a user for one with an empty name.
  if (address.password && !address.username) address.username = 'default'
  return new Promise((resolve, reject) => {
    const cli = execFile(
      'redis-cli',
      ['-e', '--no-auth-warning', '-u', address.href, ...args],
      (error, stdout, stderr) => {
        if (error) reject(new Error(`redis-cli ${args.join(' ')}: ${stderr || stdout || error.message}`))
        else resolve(stdout.replace(/\n$/, ''))
      },
    )
    cli.stdin?.end(stdin)
  })
}
