import { EventEmitter } from 'node:events'

/** The other end of a port: a port in this process, or one in a page. */
export interface FarEnd {
  receive(data: unknown): void
  closed(): void
}

/** Electron's MessagePortMain: messages wait until start(), and arrive as an event with `data`. */
export class MessagePortMain extends EventEmitter implements FarEnd {
  private far: FarEnd | null = null
  private waiting: unknown[] = []
  private started = false
  private open = true

  static entangle(one: MessagePortMain, other: MessagePortMain): void {
    one.far = other
    other.far = one
  }

  postMessage(data: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new Error('The Electron harness does not pass ports through ports.')
    if (this.open) this.far?.receive(structuredClone(data))
  }

  start(): void {
    this.started = true
    for (const data of this.waiting.splice(0)) this.receive(data)
  }

  close(): void {
    if (!this.open) return
    this.closed()
    this.far?.closed()
  }

  receive(data: unknown): void {
    if (!this.started) this.waiting.push(data)
    else setImmediate(() => this.open && this.emit('message', { data, ports: [] }))
  }

  closed(): void {
    if (!this.open) return
    this.open = false
    setImmediate(() => this.emit('close'))
  }

  /** Moves this end to `place`, as a transfer does. Returns the end that stays, to which `place` passes on what it gets. */
  moveTo(place: FarEnd): FarEnd {
    const stays = this.far
    if (!(stays instanceof MessagePortMain) || !this.open) throw new Error('This port was closed, or moved before.')
    stays.far = place
    this.open = false
    for (const data of this.waiting.splice(0)) place.receive(data)
    return stays
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()

  constructor() {
    MessagePortMain.entangle(this.port1, this.port2)
  }
}
