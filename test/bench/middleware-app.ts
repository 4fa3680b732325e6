/**
 * The application that the middleware is measured in: Express with express-session and connect-redis, the same page at
 * /plain and, with all of the middleware and an event, at /watched. A process of its own; the first line on stdout is
 * its address.
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
  createCheckUsage,
  createRateLimiter,
  rateLimitMiddleware,
} from '../../src/instrument/index.ts'

const redis = await createClient({ url: process.env['REDIS_URL'] ?? '' }).connect()
const audit = createAuditLogger({ redis, depthLimit: 1_000_000 })
const activity = createActivity({ redis, prefix: 'sess:' })
const checks = createCheckUsage({ redis, enabled: true, intervalMs: 1_000, depthLimit: 1_000_000 })
// None is refused, and none is counted in memory instead because the machine is busy.
const limiter = createRateLimiter({ redis, limit: 10_000, windowMs: 1_000, timeoutMs: 10_000 })

const app = express()
app.use(
  session({
    store: new RedisStore({ client: redis, ttl: 600 }),
    secret: 'for the benchmark alone',
    resave: false,
    saveUninitialized: false,
  }),
)
app.post('/login', (request, response) => {
  request.session.userId = 'alice'
  response.sendStatus(204)
})
const page = (_request: express.Request, response: express.Response): void => void response.json({ ok: true })
app.get('/plain', page)
app.get(
  '/watched',
  rateLimitMiddleware<express.Request>(limiter, { subject: (request) => request.session.userId }),
  activityMiddleware(activity),
  checkUsageMiddleware<express.Request>(checks, { user: () => ({ userId: 'alice' }) }),
  (request, _response, next) => {
    audit.log({ action: 'page.read', user_id: request.session.userId, ip_address: request.ip, status: 'success' })
    next()
  },
  page,
)

const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
