import { commonHeaders, contentSecurityPolicy, createNonce } from '../page-policy.ts'
import type { Screen } from '../screen-files.ts'

export const scheme = 'app'
const host = 'gatehouse'

/** The origin of every page of the program. */
export const appOrigin = `${scheme}://${host}`

/**
 * Answers a request under app://gatehouse/. Its address is only looked up, never made into a path: "..", encoded slashes
 * and NUL name nothing that was built.
 */
export function answer(request: Request, screen: Screen): Response {
  const url = new URL(request.url)
  if (request.method !== 'GET') return refusal(405)
  if (url.host !== host) return refusal(403)
  const file = screen.file(url.pathname)
  if (file) return new Response(file.body, { headers: { ...commonHeaders, 'Content-Type': file.type } })
  if (!screen.isPage(url.pathname)) return refusal(404)
  const nonce = createNonce()
  const headers = {
    ...commonHeaders,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': contentSecurityPolicy(nonce, "'none'"),
  }
  return new Response(screen.page(nonce), { headers })
}

const refusal = (status: number) => new Response(null, { status, headers: commonHeaders })
