import { consumeEventIterator } from '@orpc/client'

const firstDelayMs = 250
const longestDelayMs = 5_000

export interface Subscriber<T> {
  onValue(value: T): void
  /** The stream broke; it is opened again after a pause that doubles with every failure in a row. */
  onBroken(error: unknown): void
}

/** Keeps a stream of the engine open, over every reconnect, until the function that it returns is called. */
export function subscribe<T>(
  open: () => Promise<AsyncIterator<T, unknown>>,
  { onValue, onBroken }: Subscriber<T>,
): () => void {
  let left = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let close: () => Promise<void> = async () => undefined

  const again = (error: unknown) => {
    if (left) return
    onBroken(error)
    timer = setTimeout(start, Math.min(longestDelayMs, firstDelayMs * 2 ** failures))
    failures += 1
  }
  const start = () => {
    close = consumeEventIterator(open(), {
      onEvent: (value) => {
        failures = 0
        if (!left) onValue(value)
      },
      onError: again,
      onSuccess: () => again(new Error('The engine ended the stream.')),
    })
  }
  start()
  return () => {
    left = true
    clearTimeout(timer)
    // It fails where the stream is broken already, and then there is nothing to close.
    close().catch(() => undefined)
  }
}
