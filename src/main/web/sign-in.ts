import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { AttemptGuard } from './attempt-guard.ts'

/** How long a browser stays signed in without a request or an open connection. */
const idleMs = 12 * 60 * 60_000
const maxSessions = 64

export type Identity =
  | { known: true; renew: () => void }
  /** `retryAfterMs` above 0: too many guesses came from there, and this one was not looked at. */
  | { known: false; retryAfterMs: number }

const hash = (value: string) => createHash('sha256').update(value).digest()
const newSecret = () => randomBytes(32).toString('base64url')

/**
 * Who may use the web host: whoever presents the token of this start, and the browsers that did so once. They get a
 * session of their own in a cookie, so that the token is in no address, history or script afterwards.
 */
export class SignIn {
  readonly token = newSecret()
  readonly cookieName: string
  readonly #tokenHash = hash(this.token)
  /** SHA-256 of each session value, by when it ends: looking a hash up tells nothing about the value. */
  readonly #sessions = new Map<string, number>()
  readonly #guard = new AttemptGuard()

  readonly #metricsTokenHash: Buffer | null

  /** Cookies of 127.0.0.1 are shared by all its ports: the name keeps two consoles from signing each other out. */
  constructor(port: number, metricsToken: string | null) {
    this.cookieName = `gatehouse-${port}`
    this.#metricsTokenHash = metricsToken === null ? null : hash(metricsToken)
  }

  /** Whoever may use all of it. */
  identify(headers: IncomingHttpHeaders, address: string): Identity {
    return this.#identify(headers, address, [this.#tokenHash])
  }

  /** Whoever may read metrics and health: also who has the token that is good for these alone. */
  identifyMonitor(headers: IncomingHttpHeaders, address: string): Identity {
    const tokens = this.#metricsTokenHash === null ? [] : [this.#metricsTokenHash]
    return this.#identify(headers, address, [this.#tokenHash, ...tokens])
  }

  #identify(headers: IncomingHttpHeaders, address: string, tokenHashes: readonly Buffer[]): Identity {
    const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
    if (bearer !== undefined) return this.#identifyToken(bearer, address, tokenHashes)
    const key = this.#sessionKey(headers.cookie)
    if (key === null) return { known: false, retryAfterMs: 0 }
    const renew = () => void this.#sessions.set(key, Date.now() + idleMs)
    renew()
    return { known: true, renew }
  }

  /** A new session as a Set-Cookie header; only for who was identified by the token. */
  openSession(): string {
    const value = newSecret()
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size >= maxSessions && oldest !== undefined) this.#sessions.delete(oldest)
    this.#sessions.set(hash(value).toString('hex'), Date.now() + idleMs)
    return `${this.cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict`
  }

  #identifyToken(given: string, address: string, tokenHashes: readonly Buffer[]): Identity {
    const retryAfterMs = this.#guard.waitMs(address)
    if (retryAfterMs > 0) return { known: false, retryAfterMs }
    // Hashed first: both sides have one length, and how long the comparison takes says nothing about the token.
    const givenHash = hash(given)
    const known = tokenHashes.filter((tokenHash) => timingSafeEqual(givenHash, tokenHash)).length > 0
    this.#guard.add(address, known)
    return known ? { known, renew: () => undefined } : { known, retryAfterMs: 0 }
  }

  #sessionKey(cookies: string | undefined): string | null {
    const prefix = `${this.cookieName}=`
    const pair = cookies?.split(/; */).find((text) => text.startsWith(prefix))
    if (pair === undefined) return null
    const key = hash(pair.slice(prefix.length)).toString('hex')
    const endsAt = this.#sessions.get(key)
    if (endsAt === undefined) return null
    if (endsAt > Date.now()) return key
    this.#sessions.delete(key)
    return null
  }
}
