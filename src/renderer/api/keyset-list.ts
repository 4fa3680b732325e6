import type { Origin } from '../../shared/model/page.ts'

export interface Page<Row> {
  rows: readonly Row[]
  nextCursor: string | null
  origin: Origin
}

export type FetchPage<Row> = (cursor: string | null, signal: AbortSignal) => Promise<Page<Row>>

/** What a grid needs to know of a list; a new object with every change. */
export interface ListView {
  /** Rows that are known to exist. */
  readonly count: number
  readonly atEnd: boolean
  readonly loading: boolean
  readonly error: unknown
  readonly origin: Origin | null
  /** When the first page was read. */
  readonly readAtMs: number | null
}

interface Slot<Row> {
  readonly cursor: string | null
  readonly start: number
  readonly size: number
  rows: readonly Row[] | null
}

/** Pages whose rows stay in memory; others are read again by their cursor when they scroll back in. */
const keptPages = 40

/**
 * A search result of any length behind keyset cursors. Page n+1 is found by page n, so the list grows at its end; rows far
 * from what is shown are let go. `refresh` starts over and swaps only when the new first page has arrived.
 */
export class KeysetList<Row> {
  #slots: Slot<Row>[] = []
  #next: string | null = null
  #view: ListView = { count: 0, atEnd: false, loading: false, error: null, origin: null, readAtMs: null }
  #listeners = new Set<() => void>()
  #leaving = new AbortController()
  #busy = false
  #wanted: readonly [from: number, to: number] = [0, 0]
  readonly #fetchPage: FetchPage<Row>

  constructor(fetchPage: FetchPage<Row>) {
    this.#fetchPage = fetchPage
  }

  readonly view = (): ListView => this.#view

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The row at an index; undefined while its page is not in memory. */
  rowAt(index: number): Row | undefined {
    const slot = this.#slotOf(index)
    return slot?.rows?.[index - slot.start]
  }

  /** Sees to it that the rows [from, to) are in memory, as far as they exist. */
  want(from: number, to: number): void {
    this.#wanted = [from, to]
    if (!this.#busy && this.#view.error === null) void this.#work()
  }

  /** Reads the list anew from its start. What is shown stays until then, and stays if it fails. */
  async refresh(): Promise<void> {
    this.#leaving.abort()
    this.#leaving = new AbortController()
    await this.#run(async (signal) => {
      const page = await this.#fetchPage(null, signal)
      signal.throwIfAborted()
      this.#slots = []
      this.#view = { ...this.#view, count: 0, readAtMs: Date.now() }
      this.#append(null, page)
    })
    if (this.#view.error === null) this.want(...this.#wanted)
  }

  /** Tries again what failed. */
  retry(): void {
    this.#set({ error: null })
    this.want(...this.#wanted)
  }

  /** Ends what is under way; the list may be used again. */
  leave(): void {
    this.#leaving.abort()
    this.#leaving = new AbortController()
    this.#busy = false
    this.#view = { ...this.#view, loading: false }
  }

  async #work(): Promise<void> {
    for (let step = this.#nextStep(); step !== null; step = this.#nextStep()) {
      const failed = await this.#run(step)
      if (failed) return
    }
    this.#letGo()
  }

  /** The next page to read for the wanted rows, or null if all are there. */
  #nextStep(): ((signal: AbortSignal) => Promise<void>) | null {
    const [from, to] = this.#wanted
    const missing = this.#slots.find((slot) => slot.rows === null && slot.start < to && slot.start + slot.size > from)
    if (missing !== undefined) {
      return async (signal) => {
        missing.rows = (await this.#fetchPage(missing.cursor, signal)).rows
      }
    }
    if (this.#view.atEnd || to <= this.#view.count) return null
    const cursor = this.#next
    return async (signal) => {
      const page = await this.#fetchPage(cursor, signal)
      signal.throwIfAborted()
      if (cursor === null) this.#view = { ...this.#view, readAtMs: Date.now() }
      this.#append(cursor, page)
    }
  }

  #append(cursor: string | null, { rows, nextCursor, origin }: Page<Row>): void {
    const start = this.#view.count
    this.#slots.push({ cursor, start, size: rows.length, rows })
    this.#next = nextCursor
    this.#set({ count: start + rows.length, atEnd: nextCursor === null, origin })
  }

  async #run(step: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const { signal } = this.#leaving
    this.#busy = true
    this.#set({ loading: true, error: null })
    try {
      await step(signal)
      return false
    } catch (error) {
      if (!signal.aborted) this.#set({ error })
      return true
    } finally {
      if (!signal.aborted) {
        this.#busy = false
        this.#set({ loading: false })
      }
    }
  }

  #letGo(): void {
    const [from] = this.#wanted
    const inMemory = this.#slots.filter((slot) => slot.rows !== null)
    if (inMemory.length <= keptPages) return
    inMemory.sort((a, b) => Math.abs(b.start - from) - Math.abs(a.start - from))
    for (const slot of inMemory.slice(0, inMemory.length - keptPages)) slot.rows = null
  }

  #slotOf(index: number): Slot<Row> | undefined {
    let low = 0
    let high = this.#slots.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const slot = this.#slots[middle]
      if (slot === undefined) return undefined
      if (index < slot.start) high = middle - 1
      else if (index >= slot.start + slot.size) low = middle + 1
      else return slot
    }
    return undefined
  }

  #set(change: Partial<ListView>): void {
    this.#view = { ...this.#view, ...change }
    for (const listener of this.#listeners) listener()
  }
}
