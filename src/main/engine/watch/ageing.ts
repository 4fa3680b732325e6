import type { Group } from './group.ts'

/** So many turns make up the lateness. */
const turnsToFinal = 4
const leastTurnMs = 2_500

interface Turn {
  readonly number: number
  /** Of those that were packed meanwhile, the entities. */
  readonly groups: (Group | string)[]
  /** Event time at its end. */
  readonly untilMs: number
  /** Those before this index are packed, or cannot be. */
  packedTo: number
}

/** The groups of one rule that something came to lately, by the turn in which they were touched last. */
export class Ageing {
  readonly #latenessMs: number
  readonly #turnMs: number
  /** The latest last. A group that was touched again is in the later one, too. */
  readonly #turns: Turn[] = []
  #present: Pick<Turn, 'number' | 'groups'> = { number: 0, groups: [] }
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
    this.#turns.push({ ...this.#present, untilMs: clockMs, packedTo: 0 })
    this.#present = { number: this.#present.number + 1, groups: [] }
    return true
  }

  /**
   * Those to which nothing can come any more that lies before what they have.
   * @param find unpacks the group of an entity
   */
  *takeQuiet(clockMs: number, find: (entity: string) => Group | undefined): Generator<Group> {
    for (let [oldest] = this.#turns; oldest !== undefined; [oldest] = this.#turns) {
      if (clockMs < oldest.untilMs + this.#latenessMs) return
      this.#turns.shift()
      for (const one of oldest.groups) {
        const group = typeof one === 'string' ? find(one) : one
        if (group !== undefined && !group.isDropped && group.turn <= oldest.number) yield group
      }
    }
  }

  /** Packs groups of the turns that are over, of the oldest first, until it is enough. */
  pack(isEnough: () => boolean, pack: (group: Group) => boolean): void {
    for (const turn of this.#turns) {
      for (; turn.packedTo < turn.groups.length; turn.packedTo++) {
        if (isEnough()) return
        const group = turn.groups[turn.packedTo]
        if (typeof group !== 'object' || group.turn !== turn.number || group.isDropped) continue
        if (pack(group)) turn.groups[turn.packedTo] = group.entity
      }
    }
  }
}
