import type { Redis } from 'ioredis'

/** What Gatehouse sent to Redis while it was watched. */
export interface CommandSummary {
  /**
   * What SLOWLOG recorded, the slowest first, at most twenty. The server's threshold is 2 ms. Redis counts the time
   * during which the machine ran something else instead: where it has no core of its own, even a PTTL is listed.
   */
  slow: { count: number; slowest: { command: string; tookUs: number }[] }
  /**
   * Calls by command; KEYS must not be among them. `p50Us`, `p99Us`: half, and 99 of 100 of the calls took at most this
   * long (Redis counts in powers of two); null for an older Redis, which keeps no histogram.
   */
  calls: Record<string, { calls: number; p50Us: number | null; p99Us: number | null }>
}

/** Counts what is sent to Redis between begin() and end(), and keeps what took long. */
export class CommandWatch {
  readonly #slow: CommandSummary['slow']['slowest'] = []
  readonly #redis: Redis
  readonly #calls = new Map<string, number>()
  /** By command, how many calls took at most so many microseconds. */
  readonly #histograms = new Map<string, Map<number, number>>()

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async begin(): Promise<void> {
    await this.#redis.config('RESETSTAT')
    await this.#redis.slowlog('RESET')
  }

  async end(): Promise<void> {
    const stats = await this.#redis.info('commandstats')
    for (const [, command = '', calls] of stats.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)) {
      this.#calls.set(command, (this.#calls.get(command) ?? 0) + Number(calls))
    }
    for (const [command, buckets] of await readHistograms(this.#redis)) {
      const sums = this.#histograms.get(command) ?? new Map<number, number>()
      for (const [us, calls] of buckets) sums.set(us, (sums.get(us) ?? 0) + calls)
      this.#histograms.set(command, sums)
    }
    const entries = (await this.#redis.slowlog('GET', 1_000)) as [number, number, number, string[]][]
    for (const [, , tookUs, words] of entries) {
      const command = words.slice(0, 2).join(' ').slice(0, 60)
      if (!/^(info|config|slowlog)/i.test(command)) this.#slow.push({ command, tookUs })
    }
  }

  summary(): CommandSummary {
    const own = [...this.#calls].filter(([command]) => !/^(config|slowlog|latency)/.test(command))
    const percentile = (command: string, share: number): number | null => {
      const buckets = [...(this.#histograms.get(command) ?? [])].toSorted(([a], [b]) => a - b)
      let left = share * (this.#calls.get(command) ?? 0)
      return buckets.find(([, calls]) => (left -= calls) <= 0)?.[0] ?? null
    }
    const calls = Object.fromEntries(
      own.map(([command, count]) => [
        command,
        { calls: count, p50Us: percentile(command, 0.5), p99Us: percentile(command, 0.99) },
      ]),
    )
    const slowest = this.#slow.toSorted((a, b) => b.tookUs - a.tookUs).slice(0, 20)
    return { slow: { count: this.#slow.length, slowest }, calls }
  }
}

/** By command, pairs of microseconds and of the calls that took as long but longer than the pair before. */
async function readHistograms(redis: Redis): Promise<[command: string, buckets: [number, number][]][]> {
  // Nested lists of names and values: command, [ calls, n, histogram_usec, [ us, calls up to here, ... ] ]. Only since 7.0.
  const reply = (await redis.call('LATENCY', 'HISTOGRAM').catch(() => [])) as (string | (string | number[])[])[]
  const found: [string, [number, number][]][] = []
  for (let i = 0; i + 1 < reply.length; i += 2) {
    const flat = (reply[i + 1]?.[3] ?? []) as number[]
    const upTo = flat.flatMap((us, n): [number, number][] => (n % 2 === 0 ? [[us, flat[n + 1] ?? 0]] : []))
    found.push([String(reply[i]), upTo.map(([us, calls], n) => [us, calls - (upTo[n - 1]?.[1] ?? 0)])])
  }
  return found
}
