import type { Group } from './group.ts'

/** So many turns make up the lateness. */
const turnsToFinal = 4
const leastTurnMs = 2_500

interface Turn {
  number: number
  groups: Group[]
  /** Event time at its end. */
  untilMs: number
}

/** The groups of one rule that something came to lately, by the turn in which they were touched last. */
export class Ageing {
  readonly #latenessMs: number
  readonly #turnMs: number
  /** The latest last. A group that was touched again is in the later one, too. */
  readonly #turns: Turn[] = []
  #present: Omit<Turn, 'untilMs'> = { number: 0, groups: [] }
  #endedMs = Number.NEGATIVE_INFINITY

  constructor(latenessMs: number) {
    this.#latenessMs = latenessMs
    this.#turnMs = Math.max(latenessMs / turnsToFinal, leastTurnMs)
  }

  touch(group: Group): void {
    const { number, groups } = this.#present
    if (group.turn !== number) groups.push(group)
    group.turn = number
  }

  /** Ends the turn if it is time, and says whether it was. */
  turn(clockMs: number): boolean {
    if (clockMs < this.#endedMs + this.#turnMs) return false
    this.#endedMs = clockMs
    this.#turns.push({ ...this.#present, untilMs: clockMs })
    this.#present = { number: this.#present.number + 1, groups: [] }
    return true
  }

  /** Those to which nothing can come any more that lies before what they have. */
  *takeQuiet(clockMs: number): Generator<Group> {
    for (let [oldest] = this.#turns; oldest !== undefined; [oldest] = this.#turns) {
      if (clockMs < oldest.untilMs + this.#latenessMs) return
      this.#turns.shift()
      for (const group of oldest.groups) if (group.turn === oldest.number && !group.isDropped) yield group
    }
  }
}
