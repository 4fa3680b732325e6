import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'

/**
 * How long a piece of other work waits for what is urgent. A piece of the drain takes one or two ms, so that while
 * something is urgent most of a processor is free for it; and what stays urgent holds nothing up for good.
 */
const longestMs = 5

/** What is urgent in this thread: all that runs in it has one processor, whichever engine it belongs to. */
let urgent = 0

/** Has all work that is done in pieces wait for this, within bounds. Fails as it does. */
export async function urgently<T>(work: () => Promise<T>): Promise<T> {
  urgent++
  try {
    return await work()
  } finally {
    urgent--
  }
}

/**
 * For between two pieces of long work: lets everything else that waits have its turn, and what is urgent, here and in the
 * servers that it asks, a head start.
 */
export async function giveWay(): Promise<void> {
  await nextTurn()
  for (let waitedMs = 0; urgent > 0 && waitedMs < longestMs; waitedMs++) await sleep(1)
}
