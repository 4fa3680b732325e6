import { SlidingWindow } from '../../shared/sliding-window.ts'

/** Tries of the token, right or wrong, from one address and from all. */
const maxAttempts = { perAddress: 20, overall: 60, windowMs: 10_000 }
/** Wrong ones: at this rate a token of 256 bits lasts, and a user who mistypes is not locked out for long. */
const maxFailures = { perAddress: 5, overall: 20, windowMs: 60_000 }
/** Addresses that are remembered; on loopback there are few, a flood of them must not fill the memory. */
const maxAddresses = 1_000

interface Windows {
  attempts: SlidingWindow
  failures: SlidingWindow
}
const createWindows = (kind: 'perAddress' | 'overall'): Windows => ({
  attempts: new SlidingWindow(maxAttempts[kind], maxAttempts.windowMs),
  failures: new SlidingWindow(maxFailures[kind], maxFailures.windowMs),
})
const waitOf = ({ attempts, failures }: Windows) => Math.max(attempts.waitMs(), failures.waitMs())

/** Slows down whoever guesses. While it says wait, nothing is compared, so that a right guess does not get through either. */
export class AttemptGuard {
  readonly #overall = createWindows('overall')
  readonly #addresses = new Map<string, Windows>()

  /** Milliseconds until the address may try again; 0 if it may now. */
  waitMs(address: string): number {
    const own = this.#addresses.get(address)
    return Math.max(waitOf(this.#overall), own ? waitOf(own) : 0)
  }

  add(address: string, succeeded: boolean): void {
    for (const { attempts, failures } of [this.#overall, this.#windowsOf(address)]) {
      attempts.add()
      if (!succeeded) failures.add()
    }
  }

  #windowsOf(address: string): Windows {
    const windows = this.#addresses.get(address) ?? createWindows('perAddress')
    // Taken out and put back: the map's order is then that of the last try, and the first one is the one to forget.
    this.#addresses.delete(address)
    this.#addresses.set(address, windows)
    const [longestQuiet] = this.#addresses.keys()
    if (this.#addresses.size > maxAddresses && longestQuiet !== undefined) this.#addresses.delete(longestQuiet)
    return windows
  }
}
