import { pino, type Logger } from 'pino'

export type { Logger } from 'pino'

/** Names under which credentials could come into a log line, at any depth that the program logs. */
const secrets = [
  'password',
  'token',
  'cookie',
  'authorization',
  'secretKey',
  'secret',
  'sessionId',
  'session_id',
  'url',
]
const redact = { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[removed]' }

/**
 * One line of JSON each on standard error: standard output belongs to what a command answers. Writes at once, so that
 * the last words of a crash are not lost.
 */
export function createLogger(part: string, level: string): Logger {
  return pino({ base: { part, pid: process.pid }, level, redact }, pino.destination({ fd: 2, sync: true }))
}
