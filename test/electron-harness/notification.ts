import { EventEmitter } from 'node:events'

interface Options {
  title?: string
  body?: string
  silent?: boolean
}

/** All that were shown, for tests to look at and to click. */
const shown: Notification[] = []

/** A notification that nobody sees: it is kept, and a test clicks it by `emit('click')`. */
export class Notification extends EventEmitter {
  static readonly shown = shown
  readonly title: string
  readonly body: string
  readonly silent: boolean

  static isSupported(): boolean {
    return true
  }

  constructor({ title = '', body = '', silent = false }: Options = {}) {
    super()
    this.title = title
    this.body = body
    this.silent = silent
  }

  show(): void {
    shown.push(this)
    this.emit('show')
  }

  close(): void {
    this.emit('close')
  }
}
