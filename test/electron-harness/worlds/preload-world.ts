import type { Codec } from '../codec.ts'
import type { MainMessage, PageMessage } from '../messages.ts'
import type { Answer, Argument, Exposed, Settled } from './main-world.ts'

declare global {
  /** Binding of the debugging protocol, in the preload world alone. */
  var electronHarnessSend: (message: string) => void
  /** Called by the main process with each message. */
  var electronHarnessReceive: (message: string) => void
}

type Listener = (event: { ports: MessagePort[] }, ...args: unknown[]) => void
type Exposable = (...args: unknown[]) => unknown
type RunPreload = (require: (name: string) => unknown, module: { exports: object }, process: object) => void

/**
 * The isolated world of a sandboxed preload script: `require('electron')` with ipcRenderer and contextBridge, and no
 * other module. Self-contained, because its source text runs in the page.
 */
export function installPreloadWorld(prefix: string, codec: Codec, process: object, runPreload: RunPreload): void {
  const listeners = new Map<string, Listener[]>()
  const pending = new Map<number, PromiseWithResolvers<unknown>>()
  const ports = new Map<string, MessagePort>()
  const functions: Exposable[] = []
  let lastId = 0

  const send = (message: PageMessage) => globalThis.electronHarnessSend(JSON.stringify(message))
  const fire = (name: string, detail: unknown) => document.dispatchEvent(new CustomEvent(prefix + name, { detail }))

  const ipcRenderer = {
    send: (channel: string, ...args: unknown[]) => send({ type: 'send', channel, args: codec.encode(args) }),
    invoke: (channel: string, ...args: unknown[]) => {
      const settled = Promise.withResolvers<unknown>()
      pending.set(++lastId, settled)
      send({ type: 'invoke', id: lastId, channel, args: codec.encode(args) })
      return settled.promise
    },
    on: (channel: string, listener: Listener) => {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
      return ipcRenderer
    },
  }

  const expose = (value: unknown): Exposed => {
    if (typeof value === 'function') return { kind: 'function', id: functions.push(value as Exposable) - 1 }
    if (value === null || typeof value !== 'object') return { kind: 'value', value }
    return { kind: 'object', entries: Object.entries(value).map(([key, item]) => [key, expose(item)]) }
  }
  const contextBridge = {
    exposeInMainWorld: (name: string, api: unknown) => fire('expose', { name, api: expose(api) }),
  }

  const unpack = (argument: Argument): unknown =>
    argument.kind === 'value' ? argument.value : (...args: unknown[]) => fire('callback', { id: argument.id, args })
  const wordOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

  const call = (id: number, functionId: number, args: Argument[]): Answer => {
    try {
      const result = functions[functionId]?.(...args.map(unpack))
      if (!(result instanceof Promise)) return { kind: 'value', value: structuredClone(result) }
      const settle = (settled: Settled) => fire('settled', settled)
      result.then(
        (value: unknown) => settle({ id, ok: true, value }),
        (error: unknown) => settle({ id, ok: false, message: wordOf(error) }),
      )
      return { kind: 'promise' }
    } catch (error) {
      return { kind: 'error', message: wordOf(error) }
    }
  }
  document.addEventListener(`${prefix}call`, (event) => {
    const { id, functionId, args } = (event as CustomEvent<{ id: number; functionId: number; args: Argument[] }>).detail
    fire('answer', call(id, functionId, args))
  })

  /** Makes a port of the page whose other end is in the main process. */
  const openPort = (id: string): MessagePort => {
    const { port1, port2 } = new MessageChannel()
    ports.set(id, port2)
    port2.addEventListener('message', (event) => send({ type: 'port', id, data: codec.encode(event.data) }))
    port2.start()
    port2.addEventListener('close', () => {
      if (ports.delete(id)) send({ type: 'port-close', id })
    })
    return port1
  }

  const receive = (message: MainMessage): void => {
    switch (message.type) {
      case 'event': {
        const event = { ports: message.ports.map(openPort) }
        const args = codec.decode(message.args) as unknown[]
        for (const listener of listeners.get(message.channel) ?? []) listener(event, ...args)
        return
      }
      case 'reply':
        pending.get(message.id)?.resolve(codec.decode(message.value))
        return void pending.delete(message.id)
      case 'failure':
        pending.get(message.id)?.reject(new Error(message.message))
        return void pending.delete(message.id)
      case 'port':
        return ports.get(message.id)?.postMessage(codec.decode(message.data))
      case 'port-close': {
        const port = ports.get(message.id)
        ports.delete(message.id)
        return port?.close()
      }
    }
  }
  globalThis.electronHarnessReceive = (text) => receive(JSON.parse(text) as MainMessage)

  const require = (name: string): unknown => {
    if (name === 'electron') return { ipcRenderer, contextBridge }
    throw new Error(`module not found: ${name} (a sandboxed preload script has only "electron")`)
  }
  runPreload(require, { exports: {} }, process)
}
