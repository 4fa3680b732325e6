import type { Group } from './group.ts'

/** Groups of one rule that nothing is expected to happen to, those that became quiet first before the others. */
export class QuietList {
  #first: Group | null = null
  #last: Group | null = null

  get first(): Group | null {
    return this.#first
  }

  /** Takes a group in that is in no list. */
  append(group: Group): void {
    group.list = this
    group.before = this.#last
    if (this.#last === null) this.#first = group
    else this.#last.after = group
    this.#last = group
  }

  remove(group: Group): void {
    if (group.before === null) this.#first = group.after
    else group.before.after = group.after
    if (group.after === null) this.#last = group.before
    else group.after.before = group.before
    group.list = null
    group.before = null
    group.after = null
  }
}
