import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { RedisStore } from 'connect-redis'
import express from 'express'
import session from 'express-session'
import { createClient } from 'redis'
import { keep } from './teardown.ts'

declare module 'express-session' {
  interface SessionData {
    userId?: string
    visits?: number
  }
}

/** A browser's side of the application: keeps its cookie. */
export interface Visitor {
  logIn(): Promise<number>
  /** Status of the page for those who are logged in. */
  visit(): Promise<number>
  /** A request that takes until `release` is called, and then saves its session. */
  visitSlowly(): { answered: Promise<number>; release: () => void }
}

/**
 * A real web application: express with express-session and connect-redis, its sessions in the Redis at `url`, as its
 * developers would write it. It knows nothing of Gatehouse.
 */
export async function startExpressApplication(url: string): Promise<{ visitor(userId: string): Visitor }> {
  const redis = await createClient({ url }).connect()
  const application = express()
  const releases = new Map<string, () => void>()
  application.use(
    session({
      store: new RedisStore({ client: redis, ttl: 600 }),
      secret: 'for tests alone',
      resave: false,
      saveUninitialized: false,
    }),
  )
  application.post('/login/:userId', (request, response) => {
    request.session.userId = request.params.userId
    request.session.visits = 0
    response.sendStatus(204)
  })
  application.get('/page', (request, response) => {
    response.sendStatus(request.session.userId === undefined ? 401 : 200)
  })
  application.get('/slow/:id', (request, response) => {
    releases.set(request.params.id, () => {
      request.session.visits = (request.session.visits ?? 0) + 1
      response.sendStatus(200)
    })
  })
  const server = application.listen(0, '127.0.0.1')
  await once(server, 'listening')
  keep({
    release: async () => {
      server.closeAllConnections()
      server.close()
      redis.destroy()
    },
    abandon: () => undefined,
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    visitor(userId) {
      let cookie = ''
      const call = async (method: string, path: string): Promise<number> => {
        const response = await fetch(`${base}${path}`, { method, headers: { cookie } })
        cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? cookie
        return response.status
      }
      return {
        logIn: () => call('POST', `/login/${userId}`),
        visit: () => call('GET', '/page'),
        visitSlowly: () => {
          const id = `${userId}-${releases.size}`
          const answered = call('GET', `/slow/${id}`)
          const release = (): void => {
            const waiting = releases.get(id)
            if (waiting === undefined) setTimeout(release, 5)
            else waiting()
          }
          return { answered, release }
        },
      }
    },
  }
}
