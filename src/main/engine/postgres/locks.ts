/**
 * Keys of the advisory locks by which engines on one store agree. Any numbers, as long as no two are the same; a number
 * never changes its meaning, because an older engine may run beside a newer one.
 */
export const advisoryLocks = {
  /** Whoever migrates. */
  migrate: 7_204_101,
  /** Whoever makes partitions. */
  partitions: 7_204_102,
  /** Shared by all who store what the application reported, exclusive to the mirror that stores what it inferred. */
  boundaries: 7_204_103,
  /** The engine whose mirror and watcher run. */
  leader: 7_204_104,
  /** Whoever appends to the chain of admin acts. */
  adminTrail: 7_204_105,
} as const
