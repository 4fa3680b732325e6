import type { Activity } from './activity.ts'
import type { CheckUsage, SessionCheck } from './check-usage.ts'
import { refusal } from './http.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'
import type { RateLimiter } from './rate-limiter.ts'
import { addressSubject } from './subject.ts'

/** What the library asks of a request of Fastify. */
export interface FastifyRequestFacts {
  readonly ip: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What it asks of a reply. */
export interface FastifyReplyFacts {
  code(status: number): unknown
  headers(values: Record<string, string>): unknown
  send(payload: unknown): unknown
}

/** Answering the request itself, a hook returns the reply. */
type Hook<Request> = (request: Request, reply: FastifyReplyFacts) => Promise<unknown>

/** What it asks of the instance that a plugin is registered with. */
export interface FastifyInstanceFacts<Request> {
  addHook(name: 'onRequest' | 'preHandler' | 'onResponse', hook: Hook<Request>): unknown
}

/** A plugin for `fastify.register`. */
export type FastifyPlugin<Request> = (
  instance: FastifyInstanceFacts<Request>,
  options: unknown,
  done: (error?: Error) => void,
) => void

/** Fastify keeps a plugin's hooks to that plugin's own routes, unless it carries this mark (fastify-plugin sets it too). */
const everywhere = Symbol.for('skip-override')

function pluginOf<Request>(
  name: 'onRequest' | 'preHandler' | 'onResponse',
  hook: Hook<Request>,
): FastifyPlugin<Request> {
  const plugin: FastifyPlugin<Request> = (instance, _options, done) => {
    instance.addHook(name, hook)
    done()
  }
  return Object.assign(plugin, { [everywhere]: true })
}

/**
 * Records each request of a session when it is answered, so that the request waits for nothing.
 * @param options.sessionId null or undefined for a request without a session
 */
export function activityPlugin<Request extends FastifyRequestFacts>(
  activity: Activity,
  options: { sessionId: (request: Request) => string | null | undefined },
): FastifyPlugin<Request> {
  return pluginOf('onResponse', async (request) => {
    activity.record(() => options.sessionId(request))
  })
}

/**
 * Records each request whose session is good; to be registered behind what checks that.
 * @param options.user the user of the request; null or undefined where nobody is logged in
 */
export function checkUsagePlugin<Request extends FastifyRequestFacts>(
  usage: CheckUsage,
  options: { user: (request: Request) => SessionCheck | null | undefined },
): FastifyPlugin<Request> {
  return pluginOf('preHandler', async (request) => {
    usage.record(() => options.user(request))
  })
}

/**
 * Lets as many requests through as the limiter allows, answers the rest with 429, and tells both of the limit.
 * @param options.subject what is counted: the client's address by default; null or undefined for who is not limited
 */
export function rateLimitPlugin<Request extends FastifyRequestFacts>(
  limiter: RateLimiter,
  options: { subject?: (request: Request) => string | null | undefined } = {},
): FastifyPlugin<Request> {
  const { subject = (request: Request) => addressSubject(request.ip) } = options
  return pluginOf('onRequest', async (request, reply) => {
    const who = subject(request)
    if (who == null) return undefined
    const about = { ip_address: request.ip, user_agent: request.headers['user-agent'] }
    const result = await limiter.take(who, about)
    const headers = rateLimitHeaders(result)
    reply.headers(headers)
    if (result.allowed) return undefined
    reply.code(429)
    return reply.send(refusal(headers['Retry-After'] ?? '1'))
  })
}
