import { Socket } from 'node:net'
import type { ClientConfig } from 'pg'

const connectTimeoutMs = 10_000
/** Searches and forms: an analyst does not wait longer. Transactions lift it, see transaction.ts. */
const statementTimeoutMs = 20_000
/** A stalled engine must not keep its locks, nor hold up the readers of what is stored. */
const idleInTransactionTimeoutMs = 10_000
/** Then Linux, macOS and Windows probe every second and give up after ten (libuv). */
const keepAliveDelayMs = 10_000

/**
 * The server probes as we do. It would wait two hours for the next rows of a COPY whose client is gone without a word (it is
 * not idle in its transaction then), and with it whoever stores the same batch anew.
 */
const serverKeepAlive = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=10'
/** Dates and times come in the one format that pg parses, whatever the server's default is. */
const sessionSettings = `-c datestyle=ISO -c timezone=UTC ${serverKeepAlive}`

/** What a URL may say beside host, port, user, password and database; pg would let it say anything. */
const parameters: ReadonlySet<string> = new Set([
  'options',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslnegotiation',
  'sslrootcert',
  'uselibpqcompat',
])

/** Options of every client of the engine. Each of their sockets is in `sockets` for as long as it is open. */
export function clientOptions(url: string, sockets: Set<Socket>): ClientConfig {
  const parsed = new URL(url)
  parsed.search = new URLSearchParams([...parsed.searchParams].filter(([name]) => parameters.has(name))).toString()
  const own = parsed.searchParams.get('options')
  // pg lets the URL win over its options, so the settings must go into the URL.
  parsed.searchParams.set('options', own === null ? sessionSettings : `${sessionSettings} ${own}`)
  return {
    connectionString: parsed.href,
    application_name: 'gatehouse',
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
    stream: () => trackedSocket(sockets),
  }
}

function trackedSocket(sockets: Set<Socket>): Socket {
  const socket = new Socket()
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
  return socket
}
