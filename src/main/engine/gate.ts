import type { MessagePort } from 'node:worker_threads'
import type { MinimalWebsocket } from '@orpc/server/websocket'
import { maxMessageBytes, maxMessagesPerSecond } from '../../shared/limits.ts'
import { SlidingWindow } from '../../shared/sliding-window.ts'
import type { Logger } from '../log.ts'
import { createCallHandler, newConnection, type EngineRouter } from './gate-calls.ts'

export type { CallContext, EngineRouter } from './gate-calls.ts'

/** The one door of the engine: every host's messages come through here and meet the same limits and the same errors. */
export interface Gate {
  /** Serves the router on a port until either side closes it. */
  admit(port: MessagePort, peer: string): void
  closeAll(): void
}

export function createGate(router: EngineRouter, log: Logger): Gate {
  const handler = createCallHandler(router, log)
  const ports = new Set<MessagePort>()

  const admit = (port: MessagePort, peer: string) => {
    const connection = newConnection(peer)
    const messages = new SlidingWindow(maxMessagesPerSecond, 1_000)
    // The handler of the websocket adapter is the one that hands back a promise a message: what it cannot decode
    // rejects there, instead of ending the thread as an unhandled rejection.
    const wire: MinimalWebsocket = { send: (data) => port.postMessage(data), addEventListener: () => undefined }

    const refuse = (reason: string, err?: unknown) => {
      log.warn({ peer, err }, `connection closed: ${reason}`)
      port.close()
    }
    port.on('message', (data: unknown) => {
      if (!messages.tryAdd()) return refuse(`more than ${maxMessagesPerSecond} messages a second`)
      if (typeof data !== 'string') return refuse('a message that is not text')
      if (Buffer.byteLength(data) > maxMessageBytes) return refuse(`a message over ${maxMessageBytes} bytes`)
      handler.message(wire, data, { context: connection }).catch((err: unknown) => {
        refuse('a message that is no call', err)
      })
    })
    port.on('close', () => {
      ports.delete(port)
      handler.close(wire)
    })
    ports.add(port)
  }

  return {
    admit,
    closeAll: () => {
      for (const port of ports) port.close()
    },
  }
}
