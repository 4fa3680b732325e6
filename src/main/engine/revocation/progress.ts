/**
 * What a piece of work says while it goes on. Every reader gets all of it from the beginning, at its own pace; one that
 * leaves early does not stop the work.
 */
export class Progress<Message> implements AsyncIterable<Message> {
  readonly #messages: Message[] = []
  #state: 'open' | 'done' | { error: Error } = 'open'
  #changed = Promise.withResolvers<void>()

  add(message: Message): void {
    this.#messages.push(message)
    this.#wake()
  }

  /** Ends it; with an error, readers meet that after the last message. Once ended, it stays as it is. */
  end(error?: Error): void {
    if (this.#state !== 'open') return
    this.#state = error === undefined ? 'done' : { error }
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void> {
    for (let next = 0; ; ) {
      const changed = this.#changed.promise
      for (; next < this.#messages.length; next++) yield this.#messages[next] as Message
      if (this.#state === 'done') return
      if (this.#state !== 'open') throw this.#state.error
      await changed
    }
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}
