import type { BatchOrigin } from './origin.ts'

/** A failed item, by its place in the batch, as it goes to the dead letters. */
export interface Letter {
  index: number
  entry: string
}

/** What the owner of a batch may do with it. Each answers false once another has adopted the batch. */
export interface Lease {
  /** Holds the batch for another `queue.leaseMs`. */
  renew(): Promise<boolean>
  /** Lets the next claim adopt the batch at once. */
  release(): Promise<boolean>
  /** Ends the batch: its items are gone from their source, `letters` are among the dead letters. All or nothing. */
  acknowledge(letters: readonly Letter[]): Promise<boolean>
}

/** A batch that a worker holds: nobody else is given its items until it is acknowledged, or its lease runs out. */
export interface Batch extends BatchOrigin {
  items: Buffer[]
  /** Its former owner let the lease run out. */
  adopted: boolean
  /** How many of its items waited beyond `queue.depthLimit`. */
  overLimit: number
  lease: Lease
}

/** Where one worker gets its batches from. */
export interface BatchSource {
  /** The next batch, or null when nothing waits. */
  claim(): Promise<Batch | null>
}
