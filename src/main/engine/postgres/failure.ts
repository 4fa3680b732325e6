import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import { explainNetworkFailure } from '../network-failure.ts'
import { sqlstateOf } from './sqlstate.ts'
import type { Target } from './target.ts'

const sentences: Readonly<Record<string, (target: Target, said: string) => string>> = {
  '28P01': ({ at, user }) => `PostgreSQL at ${at} refuses the password of user "${user}": correct it in POSTGRES_URL.`,
  '28000': ({ at, user }, said) =>
    `PostgreSQL at ${at} does not let user "${user}" in: check the user in POSTGRES_URL, and pg_hba.conf on the server (${said}).`,
  '3D000': ({ at, database }) =>
    `PostgreSQL at ${at} has no database "${database}": create it, or correct the name in POSTGRES_URL.`,
  '42501': ({ user, database }, said) =>
    `PostgreSQL user "${user}" may not create what Gatehouse needs in database "${database}" (${said}): run GRANT CREATE, USAGE ON SCHEMA public TO "${user}" as its owner, or use the owner.`,
  '25006': ({ at }) => `PostgreSQL at ${at} is a read-only standby: point POSTGRES_URL to the primary.`,
  '53300': ({ at }) =>
    `PostgreSQL at ${at} has no free connection: raise max_connections, or lower postgres.maxConnections here.`,
  '57P01': ({ at }) => `PostgreSQL at ${at} is shutting down.`,
  '57P02': ({ at }) => `PostgreSQL at ${at} has crashed and restarts.`,
  '57P03': ({ at }) => `PostgreSQL at ${at} is starting up or shutting down.`,
}

/** What went wrong with a connection and what to do, in words without the password. */
export function explainFailure(error: unknown, target: Target): string {
  if (error instanceof GatehouseError) return error.message
  const said = messageOf(error)
  const sentence = sentences[sqlstateOf(error) ?? '']
  if (sentence !== undefined) return sentence(target, said)
  if (said.startsWith('SASL')) {
    return `PostgreSQL at ${target.at} wants a password for user "${target.user}": put it into POSTGRES_URL.`
  }
  if (said.includes('does not support SSL')) {
    return `PostgreSQL at ${target.at} does not offer TLS: remove sslmode from POSTGRES_URL, or turn TLS on in the server.`
  }
  return explainNetworkFailure(error, `PostgreSQL at ${target.at}`) ?? `PostgreSQL at ${target.at}: ${said}`
}
