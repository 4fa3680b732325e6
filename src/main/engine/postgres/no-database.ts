import { GatehouseError } from '../../../shared/errors.ts'
import type { ConnectionState } from '../../../shared/model/system.ts'
import { ConnectionStatus } from '../connection-status.ts'
import type { Database } from './database.ts'

const reason = 'No PostgreSQL is configured: set POSTGRES_URL, or enter it under Settings.'
const refuse = (): Promise<never> => Promise.reject(new GatehouseError('POSTGRES_UNAVAILABLE', reason))

/** Stands where a database would: says that none is configured, and never gets ready. */
export class NoDatabase implements Database {
  readonly #status = new ConnectionStatus('', 'off', reason)

  readonly query = refuse
  readonly transaction = refuse

  ready(signal?: AbortSignal): Promise<void> {
    return this.#status.untilConnected(signal)
  }

  state(): ConnectionState {
    return this.#status.current()
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#status.onChange(listener)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
