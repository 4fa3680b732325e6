import type { IncomingHttpHeaders } from 'node:http'

/**
 * Says why a request must not be answered, or null. A page of another site can make the browser send requests here;
 * these headers are the browser's own and tell them apart, also where the name of the host was made to point at loopback.
 */
export function foreignRequest(headers: IncomingHttpHeaders, port: number): string | null {
  const { host, origin } = headers
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return 'The Host header names another server.'
  if (origin !== undefined && origin !== `http://${host}`) return 'The request comes from another origin.'
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'The request comes from another site.'
  return null
}
