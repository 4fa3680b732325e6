import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { EngineClient } from '../../shared/contract/index.ts'
import type { ExportFile } from '../../shared/contract/reports.ts'
import {
  enginePortMessage,
  type DesktopBridge,
  type MenuCommand,
  type SaveOutcome,
} from '../../shared/desktop-bridge.ts'
import { keepConnected, SignedOutError, type LinkState, type OpenWire } from './link.ts'

declare global {
  interface Window {
    readonly gatehouse?: DesktopBridge
  }
}

export type { LinkState } from './link.ts'

/** The engine, and what only its host can do. */
export interface EngineConnection {
  /** Stays valid over reconnects. Subscriptions end with ENGINE_UNAVAILABLE when a connection is lost: subscribe again. */
  client: EngineClient
  host: 'desktop' | 'web'
  /** Puts a finished export where the user wants it: a save dialog on the desktop, a download in a browser. */
  saveExport(file: ExportFile): Promise<SaveOutcome>
  /** Menu choices that the screen carries out. A browser has no menu: there it never calls. */
  onCommand(listener: (command: MenuCommand) => void): void
}

/**
 * Opens the connection and keeps it open. Rejects with SignedOutError (its message is for the reader) where the web host
 * does not know this browser; any other trouble is tried again, and told through `onState`.
 */
export async function connectEngine(onState: (state: LinkState) => void): Promise<EngineConnection> {
  const bridge = window.gatehouse
  if (bridge) {
    return {
      client: await keepConnected(overMessagePort(bridge), onState),
      host: 'desktop',
      saveExport: (file) => bridge.saveExport(file.exportId),
      onCommand: (listener) => bridge.onCommand(listener),
    }
  }
  return {
    client: await keepConnected(overWebSocket(), onState),
    host: 'web',
    saveExport: download,
    onCommand: () => undefined,
  }
}

const portTimeoutMs = 10_000

const overMessagePort =
  (bridge: DesktopBridge): OpenWire =>
  async (onGone) => {
    const arrival = nextPort()
    try {
      const [port] = await Promise.all([arrival.port, bridge.connectEngine()])
      port.addEventListener('close', onGone, { once: true })
      const link = new PortLink({ port })
      port.start()
      return { link }
    } finally {
      arrival.stop()
    }
  }

/** The preload script hands the port over as a message of this very window: a bridge object cannot carry one. */
function nextPort(): { port: Promise<MessagePort>; stop: () => void } {
  const listening = new AbortController()
  const port = new Promise<MessagePort>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The desktop host sent no port.')), portTimeoutMs)
    listening.signal.addEventListener('abort', () => clearTimeout(timer))
    const onMessage = (event: MessageEvent) => {
      const [received] = event.ports
      if (event.source === window && event.data === enginePortMessage && received) resolve(received)
    }
    window.addEventListener('message', onMessage, { signal: listening.signal })
  })
  return { port, stop: () => listening.abort() }
}

/** Token of the printed address, which is spent once: for a cookie that no script can read. */
function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token !== null) history.replaceState(null, '', location.pathname + location.search)
  return token
}

function overWebSocket(): OpenWire {
  let token = takeToken()
  return async (onGone) => {
    if (token !== null) {
      await signIn(token)
      token = null
    }
    const { host, protocol } = location
    const socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/rpc`)
    await opened(socket)
    socket.addEventListener('close', onGone, { once: true })
    return { link: new SocketLink({ websocket: socket }) }
  }
}

async function signIn(token: string): Promise<void> {
  const response = await fetch('/auth', { method: 'POST', headers: { Authorization: `Bearer ${token}` } })
  if (response.status === 401) throw new SignedOutError(signedOutMessage)
  if (!response.ok) throw new Error(`The web host answered ${response.status} to the token.`)
}

const signedOutMessage =
  'This browser is not signed in. Open the address that Gatehouse printed when it started: it carries the token.'

/** A browser hides why a WebSocket was refused; the host's answer to a plain request tells whether we are signed out. */
async function opened(socket: WebSocket): Promise<void> {
  const open = await new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true), { once: true })
    socket.addEventListener('close', () => resolve(false), { once: true })
  })
  if (open) return
  const { status } = await fetch('/auth')
  if (status === 401) throw new SignedOutError(signedOutMessage)
  throw new Error('The web host refused the connection.')
}

async function download(file: ExportFile): Promise<SaveOutcome> {
  const link = document.createElement('a')
  link.href = `/exports/${encodeURIComponent(file.exportId)}`
  link.download = file.name
  link.click()
  return Promise.resolve('saved')
}
