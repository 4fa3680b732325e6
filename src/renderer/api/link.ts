import { createORPCClient, mapEventIterator, ORPCError, type ClientContext, type ClientLink } from '@orpc/client'
import { backoffMs } from '../../shared/backoff.ts'
import type { EngineClient } from '../../shared/contract/index.ts'
import { errorCodes } from '../../shared/errors.ts'

type Link = ClientLink<ClientContext>
type CallOptions = Parameters<Link['call']>[2]

/** A connection as it is now. It calls back once when it is gone, for whatever reason. */
export interface Wire {
  readonly link: Link
}
export type OpenWire = (onGone: () => void) => Promise<Wire>

/** Trying again would not help: the host wants to be asked differently. `message` says how. */
export class SignedOutError extends Error {}

export type LinkState = 'connecting' | 'connected' | 'reconnecting' | 'signed-out'

/** How long a call may wait for its first answer, and for a connection before that. */
export const callTimeoutMs = 30_000

const unavailable = (message: string, cause?: unknown) =>
  new ORPCError('ENGINE_UNAVAILABLE', { status: errorCodes.ENGINE_UNAVAILABLE.status, message, cause })

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/**
 * A client that outlives its connections: each call goes to the wire of that moment. Calls and subscriptions in flight
 * when a wire goes end with ENGINE_UNAVAILABLE, and the caller decides whether to ask again: an act may have happened.
 * Resolves once the first wire is open; rejects with SignedOutError.
 */
export async function keepConnected(open: OpenWire, onState: (state: LinkState) => void): Promise<EngineClient> {
  const connect = async (state: LinkState): Promise<Wire> => {
    onState(state)
    for (let attempt = 1; ; attempt++) {
      try {
        const wire = await open(() => reconnect())
        onState('connected')
        return wire
      } catch (error) {
        if (error instanceof SignedOutError) {
          onState('signed-out')
          throw error
        }
        await pause(backoffMs(attempt))
      }
    }
  }
  let current = connect('connecting')
  const reconnect = () => {
    current = connect('reconnecting')
    // Calls that wait for it see the rejection; without any, it has already been said as a state.
    current.catch(() => undefined)
  }
  await current
  return createORPCClient(guarded({ call: async (...args) => (await current).link.call(...args) }))
}

/** Ends calls that nobody answers (a closed message port swallows them), and gives a lost connection its own code. */
function guarded(link: Link): Link {
  return {
    async call(path, input, options) {
      const worded = (error: unknown) => (options.signal?.aborted ? options.signal.reason : lost(error))
      try {
        const output = await withTimeout(link, path, input, options)
        return isEventIterator(output)
          ? mapEventIterator(output, { value: async (value) => value, error: async (error) => worded(error) })
          : output
      } catch (error) {
        throw worded(error)
      }
    },
  }
}

async function withTimeout(link: Link, path: readonly string[], input: unknown, options: CallOptions) {
  options.signal?.throwIfAborted()
  const giveUp = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal
  const ended = new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)))
    signal.addEventListener('abort', onAbort, { once: true })
  })
  const timer = setTimeout(() => {
    giveUp.abort(
      unavailable(
        `The engine did not answer ${path.join('.')} within ${callTimeoutMs / 1000} s. It may still do it: look before you repeat it.`,
      ),
    )
  }, callTimeoutMs)
  try {
    return await Promise.race([link.call(path, input, { ...options, signal }), ended])
  } finally {
    clearTimeout(timer)
  }
}

function lost(error: unknown): unknown {
  if (error instanceof ORPCError || error instanceof SignedOutError) return error
  return unavailable('The connection to the engine was lost. It is being opened again.', error)
}

function isEventIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
