/** How many keys a complete scan saw under one prefix. SCAN shows some keys twice, so these are close, not exact. */
export interface PrefixCount {
  prefix: string
  /** Keys that hold a session, if their value agrees. */
  sessionKeys: number
  /** Keys that the store keeps beside its sessions, by kind. */
  sideKeys: ReadonlyMap<string, number>
}

/** One scan's count. */
export interface KeyCount {
  add(prefix: string, sideKind: string | null): void
  /** Its keys are counted anew. */
  restart(prefix: string): void
  complete(): void
}

/** Counts the keys of a scan as it passes, and keeps what the last complete one saw. */
export class KeyCensus {
  #latest: { at: Date; prefixes: readonly PrefixCount[] } | null = null

  /** null before the first complete scan. */
  get latest(): { at: Date; prefixes: readonly PrefixCount[] } | null {
    return this.#latest
  }

  begin(): KeyCount {
    const counts = new Map<string, { sessionKeys: number; sideKeys: Map<string, number> }>()
    return {
      add(prefix, sideKind) {
        let count = counts.get(prefix)
        if (count === undefined) counts.set(prefix, (count = { sessionKeys: 0, sideKeys: new Map() }))
        if (sideKind === null) count.sessionKeys++
        else count.sideKeys.set(sideKind, (count.sideKeys.get(sideKind) ?? 0) + 1)
      },
      restart: (prefix) => void counts.delete(prefix),
      complete: () => {
        this.#latest = { at: new Date(), prefixes: [...counts].map(([prefix, count]) => ({ prefix, ...count })) }
      },
    }
  }
}
