import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Activity } from './activity.ts'
import type { CheckUsage, SessionCheck } from './check-usage.ts'
import { addressOf, refusal, type ConnectMiddleware } from './http.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'
import type { RateLimiter } from './rate-limiter.ts'
import { addressSubject } from './subject.ts'

/**
 * The id that express-session names, if it is in the cookie that came or in one that goes: visitors without a session are
 * given a new id with each request, and none of those is in Redis.
 */
function expressSessionId(request: IncomingMessage & { sessionID?: unknown }, response: ServerResponse): string | null {
  const id = request.sessionID
  if (typeof id !== 'string' || id === '') return null
  const cookies = `${request.headers.cookie ?? ''};${String(response.getHeader('set-cookie') ?? '')}`
  return cookies.includes(encodeURIComponent(id)) || cookies.includes(id) ? id : null
}

/**
 * Records each request of a session when it is answered, so that the request waits for nothing.
 * @param options.sessionId by default the id of express-session; null or undefined for a request without a session
 */
export function activityMiddleware<Request extends IncomingMessage>(
  activity: Activity,
  options: { sessionId?: (request: Request, response: ServerResponse) => string | null | undefined } = {},
): ConnectMiddleware<Request> {
  const { sessionId = expressSessionId } = options
  return (request, response, next) => {
    // At the end: by then a login has its session.
    response.once('close', () => activity.record(() => sessionId(request, response)))
    next()
  }
}

/**
 * Records each request whose session is good; stands behind what checks that.
 * @param options.user the user of the request; null or undefined where nobody is logged in
 */
export function checkUsageMiddleware<Request extends IncomingMessage>(
  usage: CheckUsage,
  options: { user: (request: Request) => SessionCheck | null | undefined },
): ConnectMiddleware<Request> {
  return (request, _response, next) => {
    usage.record(() => options.user(request))
    next()
  }
}

/**
 * Lets as many requests through as the limiter allows, answers the rest with 429, and tells both of the limit.
 * @param options.subject what is counted: the client's address by default; null or undefined for who is not limited
 */
export function rateLimitMiddleware<Request extends IncomingMessage>(
  limiter: RateLimiter,
  options: { subject?: (request: Request) => string | null | undefined } = {},
): ConnectMiddleware<Request> {
  const { subject = (request: Request) => addressSubject(addressOf(request)) } = options

  async function admit(request: Request, response: ServerResponse): Promise<boolean> {
    const who = subject(request)
    if (who == null) return true
    const about = { ip_address: addressOf(request), user_agent: request.headers['user-agent'] }
    const result = await limiter.take(who, about)
    // Something else, such as a time limit, has answered meanwhile.
    if (response.headersSent) return false
    const headers = rateLimitHeaders(result)
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (result.allowed) return true
    response.statusCode = 429
    response.setHeader('Content-Type', 'application/json; charset=utf-8')
    response.end(JSON.stringify(refusal(headers['Retry-After'] ?? '1')))
    return false
  }

  return async (request, response, next) => {
    let admitted
    try {
      admitted = await admit(request, response)
    } catch (error) {
      return next(error)
    }
    if (admitted) next()
  }
}
