import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { WebSocket } from 'ws'
import { pump, type WindowPort } from '../../src/main/desktop/pump.ts'
import type { EngineHandle } from '../../src/main/engine/spawn.ts'
import { createLogger } from '../../src/main/log.ts'
import { loadScreen } from '../../src/main/screen-files.ts'
import { startWebHost } from '../../src/main/web/host.ts'
import type { Wire } from '../../src/renderer/api/link.ts'
import { createScreenDir } from './screen-dir.ts'

/** One open connection, as the screen has it, with what a test needs to misbehave. */
export interface TestWire extends Wire {
  /** Puts a message on the wire as it is. */
  sendRaw(message: string | Uint8Array): void
  /** Ends it from the side of the screen. */
  drop(): void
}

export interface Transport {
  open(onGone: () => void): Promise<TestWire>
  close(): Promise<void>
}

const portWire = (port: MessagePort, onGone: () => void): TestWire => {
  port.on('close', onGone)
  const link = new PortLink({ port })
  port.start()
  return { link, sendRaw: (message) => port.postMessage(message), drop: () => port.close() }
}

/** The port of the engine's thread itself, as the command line and the hosts use it. */
export function overThread(engine: EngineHandle): Transport {
  return { open: async (onGone) => portWire(engine.connect('thread'), onGone), close: async () => undefined }
}

/** Electron's port on the main side, made of a Node port: messages come wrapped in an event. */
function windowPort(port: MessagePort): WindowPort {
  return {
    on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      port.on(event, (data: unknown) => listener({ data })),
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
  }
}

/** Window to main process to thread: pumped between two ports, as the desktop host does. */
export function overDesktop(engine: EngineHandle): Transport {
  const open = async (onGone: () => void) => {
    const { port1, port2 } = new MessageChannel()
    pump(windowPort(port2), engine.connect('desktop'))
    return portWire(port1, onGone)
  }
  return { open, close: async () => undefined }
}

/** The real web host on loopback, with the token as a script sends it. */
export async function overWeb(engine: EngineHandle): Promise<Transport> {
  const screen = await loadScreen(await createScreenDir())
  const log = createLogger('web', 'silent')
  const host = await startWebHost({ engine, screen, home: '/nowhere', port: 0, log })
  const { hash, host: authority } = new URL(host.url)
  const headers = { Authorization: `Bearer ${hash.replace('#token=', '')}` }

  const open = async (onGone: () => void): Promise<TestWire> => {
    const socket = new WebSocket(`ws://${authority}/rpc`, { headers })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    socket.on('close', onGone)
    const link = new SocketLink({ websocket: socket })
    return { link, sendRaw: (message) => socket.send(message), drop: () => socket.close() }
  }
  return { open, close: () => host.stop() }
}

export const transports = {
  thread: async (engine: EngineHandle) => overThread(engine),
  desktop: async (engine: EngineHandle) => overDesktop(engine),
  web: overWeb,
}
