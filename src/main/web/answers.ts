import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** Why a request is not served. `message` is a sentence for whoever sent it. */
export interface Refusal {
  status: number
  message: string
  headers?: Record<string, string>
}

export const notSignedIn: Refusal = {
  status: 401,
  message: 'Open the address that Gatehouse printed when it started, or send its token as "Authorization: Bearer".',
}

export const withoutOrigin: Refusal = {
  status: 403,
  message: 'Without an Origin header, send the token as "Authorization: Bearer".',
}

export const tooManyAttempts = (retryAfterMs: number): Refusal => ({
  status: 429,
  message: 'Too many attempts to sign in. Try again later.',
  headers: { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) },
})

export function refuse(response: ServerResponse, { status, message, headers }: Refusal): void {
  response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(`${message}\n`)
}

/** The same for a request to upgrade, where there is no response object yet. */
export function refuseUpgrade(socket: Duplex, { status, message, headers }: Refusal): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(message) + 1}`,
    ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${message}\n`)
}
