import { connect, type LookupFunction } from 'node:net'
import type { SMTPTransportOptions } from 'nodemailer'
import { guardedLookup } from './guarded-lookup.ts'

/**
 * Opens the connection for the mail library, which resolves names by means of its own and could not be told which addresses
 * to refuse. TLS begins on it as on any other, with the name that is meant.
 */
export function guardedSocket(
  { host, port, timeoutMs }: { host: string; port: number; timeoutMs: number },
  lookup: LookupFunction = guardedLookup(),
): NonNullable<SMTPTransportOptions['getSocket']> {
  return (_options, callback) => {
    const socket = connect({ host, port, lookup, timeout: timeoutMs })
    const onTimeout = (): void => void socket.destroy(new Error(`timeout: no connection within ${timeoutMs} ms`))
    socket.once('timeout', onTimeout)
    socket.once('error', callback)
    socket.once('connect', () => {
      // From here on the library listens, with times of its own.
      socket.off('timeout', onTimeout).off('error', callback).setTimeout(0)
      callback(null, { connection: socket })
    })
  }
}
