import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EngineHandle } from '../engine/spawn.ts'
import type { Logger } from '../log.ts'
import { commonHeaders, contentSecurityPolicy, createNonce } from '../page-policy.ts'
import type { Screen } from '../screen-files.ts'
import { notSignedIn, refuse, tooManyAttempts, withoutOrigin, type Refusal } from './answers.ts'
import { createApiPages } from './api-pages.ts'
import { createApi } from './api.ts'
import { sendExport } from './exports.ts'
import { createMonitoring } from './monitoring.ts'
import { foreignRequest } from './origin-guard.ts'
import type { Identity, SignIn } from './sign-in.ts'

export interface RequestOptions {
  port: number
  signIn: SignIn
  screen: Screen
  home: string
  engine: Pick<EngineHandle, 'client'>
  log: Logger
}

const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? 'unknown'

export const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/'

/** What keeps a request out, the same for pages, downloads and WebSockets; null for none. */
export function refusalOf(request: IncomingMessage, port: number): Refusal | null {
  const foreign = foreignRequest(request.headers, port)
  return foreign === null ? null : { status: 403, message: foreign }
}

export function refusalOfIdentity(identity: Identity): Refusal | null {
  if (identity.known) return null
  return identity.retryAfterMs > 0 ? tooManyAttempts(identity.retryAfterMs) : notSignedIn
}

/** Answers HTTP requests: the screen's files, sign-in, downloads of finished exports, metrics and health, the API. */
export function createRequestHandler(options: RequestOptions) {
  const { port, signIn, screen, home, engine, log } = options
  const monitoring = createMonitoring(engine.client('monitoring'))
  const api = createApi(engine.client('http'))
  const apiPages = createApiPages()

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(commonHeaders)) response.setHeader(name, value)
    const refusal = refusalOf(request, port)
    if (refusal) return refuse(response, refusal)
    const pathname = pathOf(request)
    if (pathname === '/auth') return answerSignIn(request, response)
    if (api.has(pathname)) return answerCall(request, response)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return refuse(response, { status: 405, message: 'Only GET is answered here.', headers: { Allow: 'GET, HEAD' } })
    }
    if (monitoring.has(pathname)) {
      const unknown = refusalOfIdentity(signIn.identifyMonitor(request.headers, addressOf(request)))
      return unknown ? refuse(response, unknown) : monitoring.send(pathname, response)
    }
    if (apiPages.has(pathname)) {
      const unknown = refusalOfIdentity(identify(request))
      return unknown ? refuse(response, unknown) : apiPages.send(pathname, response)
    }
    const exportId = /^\/exports\/([^/]+)$/.exec(pathname)?.[1]
    if (exportId !== undefined) {
      const unknown = refusalOfIdentity(identify(request))
      return unknown ? refuse(response, unknown) : sendExport(response, home, exportId)
    }
    return sendScreen(pathname, response)
  }

  const identify = (request: IncomingMessage) => signIn.identify(request.headers, addressOf(request))

  /** A cookie is sent along by itself, so with a cookie the browser has to say which page it is. */
  const answerCall = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.headers.origin === undefined && request.headers.authorization === undefined) {
      return refuse(response, withoutOrigin)
    }
    const unknown = refusalOfIdentity(identify(request))
    return unknown ? refuse(response, unknown) : api.answer(request, response)
  }

  /** POST gives a cookie for the token, GET says whether the cookie is still good. */
  const answerSignIn = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method !== 'POST' && request.method !== 'GET') {
      return refuse(response, { status: 405, message: 'POST signs in, GET asks.', headers: { Allow: 'GET, POST' } })
    }
    const opens = request.method === 'POST'
    if (opens && request.headers.authorization === undefined) return refuse(response, notSignedIn)
    const unknown = refusalOfIdentity(identify(request))
    if (unknown) return refuse(response, unknown)
    if (opens) response.setHeader('Set-Cookie', signIn.openSession())
    response.writeHead(204, { 'Cache-Control': 'no-store' }).end()
  }

  const sendScreen = (pathname: string, response: ServerResponse): void => {
    const file = screen.file(pathname)
    if (file) {
      response.setHeader('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
      response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': file.body.length }).end(file.body)
      return
    }
    if (!screen.isPage(pathname)) return refuse(response, { status: 404, message: 'There is nothing here.' })
    const nonce = createNonce()
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(nonce, "'self'"))
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' })
    response.end(screen.page(nonce))
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((err: unknown) => {
      log.error({ err, path: pathOf(request) }, 'a request failed')
      if (response.headersSent) response.destroy()
      else refuse(response, { status: 500, message: 'Gatehouse could not answer. Its log says why.' })
    })
  }
}
