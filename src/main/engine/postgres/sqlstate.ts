import { GatehouseError } from '../../../shared/errors.ts'

/**
 * What a failure means for whoever wanted to write. `retry`: the same statement may succeed later. `data`: it never
 * will, one of its rows is at fault. `permission`: somebody must grant something. `other`: a fault of the program.
 */
export type FailureKind = 'retry' | 'data' | 'permission' | 'other'

/** By class (two characters) or by code (five), the code first. PostgreSQL documentation, appendix A. */
const kinds: Readonly<Record<string, FailureKind>> = {
  '08': 'retry', // connection exception
  '22': 'data', // data exception: out of range, invalid text, NUL in a string
  '23': 'data', // integrity constraint violation
  '25006': 'retry', // read-only transaction: a primary that has just become a standby
  '28': 'permission', // invalid authorization
  '3D000': 'permission', // no such database
  '40': 'retry', // serialization failure, deadlock
  '42501': 'permission', // insufficient privilege
  '53': 'retry', // out of connections, disk or memory
  '54': 'data', // program limit exceeded: a value too long for an index
  '55P03': 'retry', // lock not available
  '57': 'retry', // cancelled by a timeout, shutting down, starting up
  '58': 'retry', // system error: I/O
}

/** What Node reports for a connection that broke or never came about. */
const socketCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
/** pg gives these no code. */
const connectionLoss =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (has encountered|was closed))/

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

/** The server's five-character code, or null where the failure did not come from the server. */
export function sqlstateOf(error: unknown): string | null {
  const code = codeOf(error)
  return code !== null && /^[0-9A-Z]{5}$/.test(code) && !socketCodes.has(code) ? code : null
}

/** Whether the connection is gone, and with it whatever it had in flight. */
export function isConnectionLoss(error: unknown): boolean {
  const sqlstate = sqlstateOf(error)
  if (sqlstate !== null) return sqlstate.startsWith('08') || /^57P0[1-5]$/.test(sqlstate)
  return socketCodes.has(codeOf(error) ?? '') || (error instanceof Error && connectionLoss.test(error.message))
}

const checkViolation = '23514'

/** A row that was sent to one partition when another was attached for it. No constraint of ours is named then. */
const isPartitionMove = (error: unknown): boolean =>
  error instanceof Error && (!('constraint' in error) || error.constraint === undefined)

export function classify(error: unknown): FailureKind {
  if (error instanceof GatehouseError) return error.code === 'POSTGRES_UNAVAILABLE' ? 'retry' : 'other'
  const sqlstate = sqlstateOf(error)
  if (sqlstate === checkViolation && isPartitionMove(error)) return 'retry'
  if (sqlstate !== null) return kinds[sqlstate] ?? kinds[sqlstate.slice(0, 2)] ?? 'other'
  return isConnectionLoss(error) ? 'retry' : 'other'
}
