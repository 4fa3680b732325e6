import type { Entry } from '../entry.ts'

/**
 * A number that a window of entries has. One is made for each condition of a rule, and knows by which positions of
 * `Entry.facts` it finds what it reads. Its value must depend on the entries of the window alone, never on those that
 * have left it nor on the order of additions: whoever starts again begins with other windows and must say the same.
 */
export interface Measure {
  readonly name: string
  /** The measure of an empty window. */
  start(): Reading
  /**
   * No window of these entries (in order; none of them hidden by a suppression) can have a higher value. It spares
   * quiet entities the walk over their windows, so it must cost less than that.
   */
  ceiling?(entries: readonly Entry[]): number
  /**
   * Of entries that no other can join any more, in order, those that windows which end with a later entry still need:
   * the others are forgotten. A measure that needs all has none. What `evidence` says of such a window, and its value,
   * must be the same whether or not anything was pruned.
   */
  prune?(settled: readonly Entry[]): readonly Entry[]
  /** Of a window's entries those that speak for its value: an alert that opens with the window lists them. Needed with `prune`. */
  evidence?(window: readonly Entry[]): Entry[]
  /**
   * Whether an entry is nothing unless another came before it: a window of such entries alone has the value of an empty
   * one, and `prune` leaves none of them. A rule whose measures all say so keeps no group for them.
   */
  follows?(entry: Entry): boolean
  /**
   * Its value stays what it is while people go on as before (somebody is where they are, a session is open). An episode of
   * a rule that measures it first is made of the entries at which the level holds, not of whatever comes in between.
   */
  lingers?: true
}

/** A measure of one window while the window moves: entries come in at the new end and leave at the old one, in order. */
export interface Reading {
  add(entry: Entry): void
  /** Takes the oldest entry out again. */
  remove(entry: Entry): void
  readonly value: number
}
