import { AsyncIteratorClass } from '@orpc/client'
import { ORPCError, type Router } from '@orpc/server'
import { RPCHandler } from '@orpc/server/websocket'
import type { contract } from '../../shared/contract/index.ts'
import { maxCallsPerSecond, maxOpenStreams } from '../../shared/limits.ts'
import { SlidingWindow } from '../../shared/sliding-window.ts'
import type { Logger } from '../log.ts'
import { coded, toCodedError } from './gate-errors.ts'

/** What each call knows of its caller: a name for the log and the trail, given by the host. */
export interface CallContext {
  peer: string
}
export type EngineRouter = Router<typeof contract, CallContext>

/** What one connection has used up. */
export interface Connection extends CallContext {
  calls: SlidingWindow
  openStreams: number
}

export const newConnection = (peer: string): Connection => ({
  peer,
  calls: new SlidingWindow(maxCallsPerSecond, 1_000),
  openStreams: 0,
})

/** The router with what holds for every call of it: limits first, errors of the closed set last. */
export function createCallHandler(router: EngineRouter, log: Logger): RPCHandler<Connection> {
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
        // Whoever gave a call up gets no answer, so how it ended is of no interest.
        const toCoded = (error: unknown) =>
          call.signal?.aborted ? coded('INTERNAL', 'The call was given up.') : toCodedError(error, call.path, log)
        try {
          const output = await call.next()
          return isStream(output) ? limited(output, call.context, toCoded) : output
        } catch (error) {
          throw toCoded(error)
        }
      },
    ],
  })
}

function limited(stream: AsyncIterator<unknown>, connection: Connection, toCoded: (error: unknown) => Error) {
  // A stream that was never asked for its first message has not begun, and needs no end.
  if (connection.openStreams >= maxOpenStreams) {
    throw coded('RATE_LIMITED', `More than ${maxOpenStreams} subscriptions are open on this connection.`)
  }
  connection.openStreams++
  const next = async () => {
    try {
      return await stream.next()
    } catch (error) {
      throw toCoded(error)
    }
  }
  return new AsyncIteratorClass(next, async (reason) => {
    connection.openStreams--
    if (reason !== 'next') await stream.return?.()
  })
}

function isStream(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
