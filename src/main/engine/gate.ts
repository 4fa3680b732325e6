import type { MessagePort } from 'node:worker_threads'
import { mapEventIterator } from '@orpc/client'
import { ORPCError, type Router } from '@orpc/server'
import { RPCHandler, type MinimalWebsocket } from '@orpc/server/websocket'
import type { contract } from '../../shared/contract/index.ts'
import { maxCallsPerSecond, maxMessageBytes, maxMessagesPerSecond } from '../../shared/limits.ts'
import { SlidingWindow } from '../../shared/sliding-window.ts'
import type { Logger } from '../log.ts'
import { coded, toCodedError } from './gate-errors.ts'

/** What each call knows of its caller: a name for the log and the trail, given by the host. */
export interface CallContext {
  peer: string
}
export type EngineRouter = Router<typeof contract, CallContext>

interface Connection extends CallContext {
  calls: SlidingWindow
}

/** The one door of the engine: every host's messages come through here and meet the same limits and the same errors. */
export interface Gate {
  /** Serves the router on a port until either side closes it. */
  admit(port: MessagePort, peer: string): void
  closeAll(): void
}

export function createGate(router: EngineRouter, log: Logger): Gate {
  const handler = createHandler(router, log)
  const ports = new Set<MessagePort>()

  const admit = (port: MessagePort, peer: string) => {
    const connection: Connection = { peer, calls: new SlidingWindow(maxCallsPerSecond, 1_000) }
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

function createHandler(router: EngineRouter, log: Logger): RPCHandler<Connection> {
  return new RPCHandler<Connection>(router, {
    interceptors: [
      async (call) => {
        if (!call.context.calls.tryAdd()) throw coded('RATE_LIMITED', `More than ${maxCallsPerSecond} calls a second.`)
        const result = await call.next().catch((error: unknown) => {
          // Calls themselves fail with coded errors (below): what is left did not decode.
          throw error instanceof ORPCError ? error : coded('INVALID_INPUT', 'The input of the call does not decode.')
        })
        if (!result.matched) throw coded('NOT_FOUND', `There is no call ${call.request.url.pathname}.`)
        return result
      },
    ],
    clientInterceptors: [
      async (call) => {
        const toCoded = (error: unknown) => toCodedError(error, call.path, log)
        try {
          const output = await call.next()
          return isEventIterator(output)
            ? mapEventIterator(output, { value: async (value) => value, error: async (error) => toCoded(error) })
            : output
        } catch (error) {
          throw toCoded(error)
        }
      },
    ],
  })
}

function isEventIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
