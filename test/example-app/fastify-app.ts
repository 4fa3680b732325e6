/**
 * The same on Fastify and ioredis, smaller: its sessions are hashes under `session:<id>`, named by a bearer token. Started
 * as a process of its own, like the one on Express.
 */
import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyRequest } from 'fastify'
import { Redis } from 'ioredis'
import {
  activityPlugin,
  checkUsagePlugin,
  createActivity,
  createAuditLogger,
  createCheckUsage,
  createRateLimiter,
  rateLimitPlugin,
} from '../../src/instrument/index.ts'

const redis = new Redis(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379')
const timeoutMs = Number(process.env['REDIS_TIMEOUT_MS'] ?? 100)
const audit = createAuditLogger({ redis })
const activity = createActivity({ redis })
const checks = createCheckUsage({ redis, enabled: true, include: ['session_id'] })
const limiter = createRateLimiter({ redis, limit: 10, windowMs: 60_000, timeoutMs, audit })
const users = new WeakMap<FastifyRequest, string>()

const sessionIdOf = (request: FastifyRequest): string | undefined =>
  request.headers.authorization?.slice('Bearer '.length)

const app = Fastify()
await app.register(rateLimitPlugin<FastifyRequest>(limiter, { subject: (request) => sessionIdOf(request) }))
app.addHook('preHandler', async (request) => {
  const userId = await redis.hget(`session:${sessionIdOf(request) ?? ''}`, 'user_id')
  if (userId !== null) users.set(request, userId)
})
await app.register(
  checkUsagePlugin<FastifyRequest>(checks, {
    user: (request) => {
      const userId = users.get(request)
      return userId === undefined ? null : { userId, sessionId: sessionIdOf(request) }
    },
  }),
)
await app.register(activityPlugin<FastifyRequest>(activity, { sessionId: sessionIdOf }))

app.post<{ Params: { userId: string } }>('/login/:userId', async (request) => {
  const { userId } = request.params
  const sessionId = randomUUID()
  const key = `session:${sessionId}`
  await redis
    .multi()
    .hset(key, { session_id: sessionId, user_id: userId, ip_address: request.ip })
    .expire(key, 600)
    .exec()
  audit.log({ event_type: 'login', user_id: userId, session_id: sessionId, ip_address: request.ip, auth_method: 'jwt' })
  return { sessionId }
})

app.get('/page', (request, reply) => reply.code(users.has(request) ? 200 : 401).send())

app.addHook('onClose', async () => {
  await Promise.all([activity.close(), checks.close()])
  await audit.close()
  await redis.quit()
})

console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
process.once('SIGTERM', () => void app.close())
