import type { IncomingMessage, Server } from 'node:http'
import { WebSocketServer } from 'ws'
import { messageOf } from '../../shared/errors.ts'
import { maxMessageBytes } from '../../shared/limits.ts'
import type { EngineHandle } from '../engine/spawn.ts'
import type { Logger } from '../log.ts'
import { refuseUpgrade, withoutOrigin, type Refusal } from './answers.ts'
import { pathOf, refusalOf, refusalOfIdentity } from './requests.ts'
import type { SignIn } from './sign-in.ts'
import { pump } from './socket-pump.ts'

const maxSockets = 64
/** Close code of RFC 6455 for a server that goes down. */
const goingAway = 1001

export interface SocketOptions {
  port: number
  signIn: SignIn
  engine: EngineHandle
  log: Logger
}

/** Lets WebSockets of `/rpc` through to the engine, until they are closed: politely, or at once. */
export function acceptSockets(server: Server, { port, signIn, engine, log }: SocketOptions) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false })
  let accepted = 0

  const refusal = (request: IncomingMessage): Refusal | null => {
    if (pathOf(request) !== '/rpc') return { status: 404, message: 'There is nothing here.' }
    if (sockets.clients.size >= maxSockets) return { status: 503, message: 'Too many connections are open.' }
    // A cookie is sent along by itself, so with a cookie the browser has to say which page it is.
    if (request.headers.origin === undefined && request.headers.authorization === undefined) {
      return withoutOrigin
    }
    return refusalOf(request, port)
  }

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', (err) => log.debug({ err }, 'a connection broke before it was a WebSocket'))
    const refused = refusal(request)
    if (refused) return refuseUpgrade(socket, refused)
    const identity = signIn.identify(request.headers, request.socket.remoteAddress ?? 'unknown')
    const unknown = refusalOfIdentity(identity)
    if (unknown || !identity.known) return refuseUpgrade(socket, unknown ?? { status: 401, message: '' })
    try {
      const enginePort = engine.connect(`web-${++accepted}`)
      // Also where the handshake itself fails, and there never is a WebSocket.
      socket.once('close', () => enginePort.close())
      sockets.handleUpgrade(request, socket, head, (opened) => pump(opened, enginePort, identity.renew))
    } catch (error) {
      refuseUpgrade(socket, { status: 503, message: messageOf(error) })
    }
  })

  return {
    close: () => {
      for (const socket of sockets.clients) socket.close(goingAway, 'Gatehouse is stopping')
    },
    terminate: () => {
      for (const socket of sockets.clients) socket.terminate()
    },
  }
}
