import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { createClient } from 'redis'
import { keep } from './teardown.ts'

/** A browser's side of the application: keeps its cookies. */
export interface AuthVisitor {
  signUp(): Promise<number>
  signIn(): Promise<number>
  /** The id of the user that the application says is logged in; null for nobody. */
  whoAmI(): Promise<string | null>
  /** The token in the cookie, as it is the key in Redis. */
  token(): string
}

/**
 * A real application on better-auth, asked through its own request handler: users in memory, sessions in the Redis at
 * `url`, under the keys and with the expiry that @better-auth/redis-storage 1.7.5 gives them. It knows nothing of
 * Gatehouse.
 */
export async function startBetterAuthApplication(url: string): Promise<{ visitor(name: string): AuthVisitor }> {
  const redis = await createClient({ url }).connect()
  keep({ release: async () => redis.destroy(), abandon: () => undefined })
  const base = 'http://127.0.0.1/api/auth'
  const key = (name: string): string => `better-auth:${name}`
  const auth = betterAuth({
    baseURL: base,
    secret: 'for tests alone, 32 characters long',
    telemetry: { enabled: false },
    database: memoryAdapter({ user: [], account: [], session: [], verification: [] }),
    emailAndPassword: { enabled: true },
    secondaryStorage: {
      get: (name) => redis.get(key(name)),
      set: async (name, value, ttlS) => {
        if (ttlS === undefined) await redis.set(key(name), value)
        else await redis.setEx(key(name), ttlS, value)
      },
      delete: async (name) => {
        await redis.del(key(name))
      },
      getAndDelete: (name) => redis.getDel(key(name)),
      async increment(name, ttlS) {
        const count = await redis.incr(key(name))
        if (count === 1) await redis.expire(key(name), ttlS)
        return count
      },
    },
  })

  return {
    visitor(name) {
      const cookies = new Map<string, string>()
      const call = async (method: string, path: string, body?: object): Promise<Response> => {
        const headers = new Headers({
          'content-type': 'application/json',
          origin: 'http://127.0.0.1',
          'user-agent': `browser of ${name}`,
          'x-forwarded-for': '203.0.113.7',
          cookie: [...cookies].map(([cookie, value]) => `${cookie}=${value}`).join('; '),
        })
        const response = await auth.handler(
          new Request(`${base}${path}`, {
            method,
            headers,
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          }),
        )
        for (const cookie of response.headers.getSetCookie()) {
          const [, cookieName = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
          cookies.set(cookieName, value)
        }
        return response
      }
      const credentials = { email: `${name}@example.org`, password: 'correct horse battery', name }
      return {
        signUp: async () => (await call('POST', '/sign-up/email', credentials)).status,
        signIn: async () => (await call('POST', '/sign-in/email', credentials)).status,
        async whoAmI() {
          const found = (await (await call('GET', '/get-session')).json()) as { user: { id: string } } | null
          return found?.user.id ?? null
        },
        token: () => decodeURIComponent(cookies.get('better-auth.session_token') ?? '').split('.')[0] ?? '',
      }
    },
  }
}
