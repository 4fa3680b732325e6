import type { IncomingMessage, ServerResponse } from 'node:http'
import { ORPCError } from '@orpc/client'
import { isContractProcedure, type AnyContractRouter } from '@orpc/contract'
import { OpenAPIHandler } from '@orpc/openapi/node'
import { implement, type AnyRouter } from '@orpc/server'
import { BodyLimitPlugin } from '@orpc/server/node'
import { contract, type EngineClient } from '../../shared/contract/index.ts'
import { errorCodes, messageOf } from '../../shared/errors.ts'
import { maxMessageBytes } from '../../shared/limits.ts'
import { refuse } from './answers.ts'

/** Monitoring has addresses and a token of its own (monitoring.ts). */
const { monitoring: _, ...served } = contract
const prefix = '/api/v1'
/** The areas of the contract that are served: what else lies under the prefix is not ours. */
const areas: ReadonlySet<string> = new Set(Object.keys(served))

/** A client's areas and calls, by name. */
interface Calls {
  (input: unknown, options: { signal: AbortSignal | undefined }): Promise<unknown>
  readonly [name: string]: Calls | undefined
}

/**
 * The contract over plain HTTP, for scripts: POST /api/v1/<area>/<call> with the input as JSON; streams are answered as
 * server-sent events. Everything is passed on to the engine, which has the limits and the say.
 */
export function createApi(client: EngineClient) {
  const handler = new OpenAPIHandler(forwarding(served, client as unknown as Calls), {
    plugins: [new BodyLimitPlugin({ maxBodySize: maxMessageBytes })],
  })
  return {
    has: (pathname: string): boolean =>
      pathname.startsWith(`${prefix}/`) && areas.has(pathname.slice(prefix.length + 1).split('/', 1)[0] ?? ''),
    async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      // Forms, whose field names make paths into objects, are another way in that nobody needs.
      const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
      if (type !== undefined && type !== 'application/json') {
        return refuse(response, { status: 415, message: 'Send the input as application/json.' })
      }
      response.setHeader('Cache-Control', 'no-store')
      const { matched } = await handler.handle(request, response, { prefix, context: {} })
      if (!matched) refuse(response, { status: 404, message: 'There is no such call: see /api/docs.' })
    },
  }
}

/** A router in which each call of the contract is the same call of the client. */
function forwarding(router: AnyContractRouter, client: Calls): AnyRouter {
  if (isContractProcedure(router)) {
    return implement(router).handler(async ({ input, signal }) => {
      try {
        return await client(input, { signal })
      } catch (error) {
        if (error instanceof ORPCError) throw error
        // The engine's own errors are coded: this one is of the connection to it.
        const { status } = errorCodes.ENGINE_UNAVAILABLE
        throw new ORPCError('ENGINE_UNAVAILABLE', { status, message: messageOf(error), data: {} })
      }
    })
  }
  const calls = Object.entries<AnyContractRouter>(router).flatMap(([name, inner]) => {
    const called = client[name]
    return called === undefined ? [] : [[name, forwarding(inner, called)] as const]
  })
  return Object.fromEntries(calls)
}
