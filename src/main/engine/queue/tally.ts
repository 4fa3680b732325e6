/** What a drain has done so far. */
export interface DrainTally {
  /** Rows that this engine committed. */
  storedEvents: number
  /** Events that the tables held already under the same identity. */
  duplicateEvents: number
  /** Items that this engine put into audit:failed. */
  failedItems: number
  /** Items that had waited beyond `queue.depthLimit` when this engine claimed them. */
  overflowEvents: number
  /** Batches taken over from an owner whose lease ran out. */
  adoptedBatches: number
  /** Times that a batch was tried again after a failure. */
  retriedBatches: number
  /** Acknowledgements without effect, because another owner had adopted the batch meanwhile. */
  lateAcknowledgements: number
  /** Entries that were removed from the stream before they were stored. */
  lostEntries: number
}

export const newTally = (): DrainTally => ({
  storedEvents: 0,
  duplicateEvents: 0,
  failedItems: 0,
  overflowEvents: 0,
  adoptedBatches: 0,
  retriedBatches: 0,
  lateAcknowledgements: 0,
  lostEntries: 0,
})

export function addTally(total: DrainTally, part: Readonly<DrainTally>): void {
  for (const name of Object.keys(part) as (keyof DrainTally)[]) total[name] += part[name]
}
