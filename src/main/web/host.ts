import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GatehouseError } from '../../shared/errors.ts'
import type { EngineHandle } from '../engine/spawn.ts'
import type { Logger } from '../log.ts'
import type { Screen } from '../screen-files.ts'
import { createRequestHandler } from './requests.ts'
import { SignIn } from './sign-in.ts'
import { acceptSockets } from './sockets.ts'

export interface WebHostOptions {
  engine: EngineHandle
  screen: Screen
  /** Folder in which finished exports wait, under exports/. */
  home: string
  /** 0 takes any free port. */
  port: number
  /** Good for metrics and health, and nothing else; null: they are answered to the host's own token alone. */
  metricsToken?: string | null
  log: Logger
}

export interface WebHost {
  /** Address with the token in its fragment, which browsers never send: for a person to open. */
  url: string
  stop(): Promise<void>
}

/** How long answers under way may take once the host stops. */
const drainMs = 2_000
const requestTimeoutMs = 30_000

/** Serves the screen and the engine on loopback. Rejects with CONFIG_INVALID if the port is taken. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const { engine, screen, home, port: wanted, metricsToken = null, log } = options
  const server = createServer({ requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs })
  server.listen(wanted, '127.0.0.1')
  await once(server, 'listening').catch((error: unknown) => {
    const message = `The web host cannot listen on 127.0.0.1:${wanted}. Choose another port with --port, or 0 for any.`
    throw new GatehouseError('CONFIG_INVALID', message, { key: 'web.port' }, { cause: error })
  })
  const { port } = server.address() as AddressInfo
  const signIn = new SignIn(port, metricsToken)
  server.on('request', createRequestHandler({ port, signIn, screen, home, engine, log }))
  const sockets = acceptSockets(server, { port, signIn, engine, log })

  return {
    url: `http://127.0.0.1:${port}/#token=${signIn.token}`,
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      sockets.close()
      const late = setTimeout(() => {
        sockets.terminate()
        server.closeAllConnections()
      }, drainMs)
      await closed
      clearTimeout(late)
    },
  }
}
