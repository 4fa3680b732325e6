import type { AuditEvent } from '../../../../shared/model/event.ts'

/** Where a back-test reads. */
export interface EventSource {
  kind: 'postgres' | 'cache' | 'file'
  /** Of a file: its name. */
  name: string | null
  /**
   * Events from `fromMs` to before `toMs` (infinite: no bound), by event time and then identity, in pages of any size. All
   * events of one millisecond lie in the same page or in pages that follow each other.
   */
  pages(span: TimeSpan, signal: AbortSignal): AsyncIterable<readonly AuditEvent[]>
  /** How much of it was read, from 0 to 1; null while that is not known. */
  fraction(): number | null
  /** What a file has that is no event, and what lies in it out of order. */
  faults(): SourceFaults
}

export interface TimeSpan {
  fromMs: number
  toMs: number
}

export interface SourceFaults {
  badLines: { total: number; rows: { line: number; reason: string }[] }
  outOfOrder: number
}

export const noFaults: SourceFaults = { badLines: { total: 0, rows: [] }, outOfOrder: 0 }

/** How far a time lies between two others: for progress where events are read by time. */
export class TimeProgress {
  #at: number | null = null
  readonly #span: TimeSpan

  constructor(span: TimeSpan) {
    this.#span = span
  }

  reach(event: AuditEvent | undefined): void {
    if (event !== undefined) this.#at = event.createdAt.getTime()
  }

  get fraction(): number | null {
    const { fromMs, toMs } = this.#span
    if (this.#at === null || !Number.isFinite(toMs - fromMs)) return null
    return toMs <= fromMs ? 1 : Math.min(1, Math.max(0, (this.#at - fromMs) / (toMs - fromMs)))
  }
}
