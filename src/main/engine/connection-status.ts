import { EventEmitter, once } from 'node:events'
import type { ConnectionState } from '../../shared/model/system.ts'

/** The state of one connection and whoever listens to it; both stores report through this. */
export class ConnectionStatus {
  #state: ConnectionState
  readonly #changes = new EventEmitter<{ change: [state: ConnectionState] }>().setMaxListeners(0)

  /** `target` is shown to people: it must hold no credentials. */
  constructor(target: string, status: ConnectionState['status'], reason: string | null = null) {
    this.#state = { status, target, since: new Date(), reason, attempt: 0, nextRetryAt: null, server: null }
  }

  current(): ConnectionState {
    return { ...this.#state }
  }

  connecting(attempt: number): void {
    // The reason stays: while it is tried again the screen still says what went wrong.
    this.#change({ status: 'connecting', attempt, nextRetryAt: null })
  }

  /** Connected, but the server is not ready to serve yet. */
  waiting(reason: string): void {
    this.#change({ status: 'connecting', reason })
  }

  /** `server` names the product and its version. */
  connected(server: string): void {
    this.#change({ status: 'connected', server, reason: null, attempt: 0, nextRetryAt: null })
  }

  down(reason: string, attempt: number, nextRetryAt: Date | null): void {
    this.#change({ status: 'down', reason, attempt, nextRetryAt })
  }

  off(reason: string): void {
    this.#change({ status: 'off', reason, attempt: 0, nextRetryAt: null })
  }

  onChange(listener: (state: ConnectionState) => void): () => void {
    this.#changes.on('change', listener)
    return () => this.#changes.off('change', listener)
  }

  /** Resolves once connected; rejects with the signal's reason if it aborts first. */
  async untilConnected(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    // Each wait is armed before the state changes again: nothing runs between the check and `once`.
    while (this.#state.status !== 'connected') await once(this.#changes, 'change', { signal })
  }

  #change(facts: Partial<ConnectionState>): void {
    const since = facts.status === this.#state.status ? this.#state.since : new Date()
    this.#state = { ...this.#state, ...facts, since }
    this.#changes.emit('change', this.current())
  }
}
