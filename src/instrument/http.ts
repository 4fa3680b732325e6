import type { IncomingMessage, ServerResponse } from 'node:http'

/** Middleware of Connect and Express. */
export type ConnectMiddleware<Request extends IncomingMessage> = (
  request: Request,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void | Promise<void>

/** Express sets `ip` by its own rules of trust; Connect knows the socket alone. */
export const addressOf = (request: IncomingMessage & { ip?: string | undefined }): string =>
  request.ip ?? request.socket.remoteAddress ?? ''

/** The body of a refused request. */
export const refusal = (retryAfterSeconds: string): { error: 'RATE_LIMITED'; message: string } => ({
  error: 'RATE_LIMITED',
  message: `Too many requests: try again in ${retryAfterSeconds} s.`,
})
