/**
 * A web application on Express, express-session and connect-redis that uses all of gatehouse/instrument, as its
 * developers would write it. Started as a process of its own: REDIS_URL says where Redis is; the first line on stdout is
 * its address; SIGTERM ends it, with nothing lost.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { RedisStore } from 'connect-redis'
import express from 'express'
import session from 'express-session'
import { createClient } from 'redis'
import {
  activityMiddleware,
  checkUsageMiddleware,
  createActivity,
  createAuditLogger,
  createBruteForceGuard,
  createCheckUsage,
  createRateLimiter,
  rateLimitMiddleware,
  type GatehouseError,
} from '../../src/instrument/index.ts'

declare module 'express-session' {
  interface SessionData {
    userId?: string
  }
}

const redis = await createClient({ url: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379' }).connect()
redis.on('error', () => undefined) // Without a listener Node would end the process; onProblem tells what it means.
const onProblem = ({ code, message }: GatehouseError): void => console.error(code, message)

/** How long a request waits for Redis; a machine with more to do than it can needs longer. */
const timeoutMs = Number(process.env['REDIS_TIMEOUT_MS'] ?? 100)

const audit = createAuditLogger({ redis, onProblem })
const activity = createActivity({ redis, prefix: 'sess:', onProblem })
const checks = createCheckUsage({ redis, enabled: true, onProblem })
const limiter = createRateLimiter({ redis, name: 'api', limit: 30, windowMs: 60_000, timeoutMs, audit, onProblem })
const guard = createBruteForceGuard({ redis, timeoutMs, audit, onProblem, address: { limit: 8, banAfterLocks: 1 } })

const app = express()
app.set('trust proxy', 'loopback')
app.use(express.json())
app.use(
  session({
    store: new RedisStore({ client: redis, ttl: 600 }),
    secret: 'for the example alone',
    resave: false,
    saveUninitialized: false,
  }),
)
app.use(activityMiddleware(activity))
app.use('/api', rateLimitMiddleware<express.Request>(limiter, { subject: (request) => request.session.userId }))
app.use(
  checkUsageMiddleware<express.Request>(checks, {
    user: ({ session: { userId } }) => (userId === undefined ? null : { userId }),
  }),
)

const aboutOf = (request: express.Request, userId: string) => ({
  user_id: userId,
  ip_address: request.ip,
  user_agent: request.get('user-agent'),
  auth_method: 'password',
})

app.post('/login', async (request, response) => {
  const { account, password } = request.body as { account: string; password: string }
  const attempt = await guard.begin({ account, address: request.ip ?? '' })
  if (!attempt.allowed) {
    if (Number.isFinite(attempt.retryAfterMs)) response.set('Retry-After', `${Math.ceil(attempt.retryAfterMs / 1_000)}`)
    response.sendStatus(429)
    return
  }
  const about = aboutOf(request, account)
  if (password !== `password of ${account}`) {
    audit.log({ event_type: 'failed_login', ...about, metadata: { reason: 'wrong password', password } })
    await attempt.failed(about)
    response.sendStatus(401)
    return
  }
  await attempt.succeeded()
  request.session.userId = account
  audit.log({ event_type: 'login', session_id: request.sessionID, ...about })
  response.sendStatus(204)
})

app.get('/api/document/:id', (request, response) => {
  const { userId } = request.session
  if (userId === undefined) {
    response.sendStatus(401)
    return
  }
  audit.log({
    action: 'document.read',
    user_id: userId,
    session_id: request.sessionID,
    resource_type: 'document',
    resource_id: request.params.id,
    ip_address: request.ip,
    status: 'success',
    details: { authorization: request.get('authorization') },
  })
  response.json({ id: request.params.id })
})

app.post('/logout', (request, response) => {
  const about = aboutOf(request, request.session.userId ?? '')
  audit.log({ event_type: 'logout', session_id: request.sessionID, ...about })
  request.session.destroy(() => response.sendStatus(204))
})

const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)

process.once('SIGTERM', () => {
  server.close()
  server.closeIdleConnections()
  void (async () => {
    await Promise.all([activity.close(), checks.close()])
    const counters = await audit.close()
    console.log(JSON.stringify({ audit: counters, activity: activity.counters(), checks: checks.counters() }))
    await redis.close()
  })()
})
