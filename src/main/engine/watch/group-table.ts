import type { Group } from './group.ts'
import type { Plan } from './plan.ts'

/** Groups are looked for that the stream has left behind, so much event time at once. */
const bucketMs = 10_000

/**
 * The groups of all rules, by entity: rules that group by the same field share one look-up for each event. A group is let
 * go when nothing of it matters any more; its time is kept in buckets, so that nothing ever goes through all of them.
 */
export class GroupTable {
  /** The groups of an entity are linked, the latest first. */
  readonly #heads = new Map<string, Group>()
  readonly #buckets = new Map<number, Group[]>()
  #emptiedTo = Number.NEGATIVE_INFINITY
  #lastEntity = ''
  #lastHead: Group | undefined

  find(plan: Plan, entity: string): Group | undefined {
    if (entity !== this.#lastEntity) {
      this.#lastEntity = entity
      this.#lastHead = this.#heads.get(entity)
    }
    for (let group = this.#lastHead; group !== undefined; group = group.next) if (group.plan === plan) return group
    return undefined
  }

  add(group: Group): void {
    const { entity } = group
    group.next = this.#heads.get(entity)
    this.#setHead(entity, group)
    this.#schedule(group, group.newestMs)
  }

  drop(group: Group): void {
    const head = this.#heads.get(group.entity)
    if (head === group) this.#setHead(group.entity, group.next)
    for (let one = head; one !== undefined; one = one.next) if (one.next === group) one.next = group.next
    group.next = undefined
    group.isDropped = true
  }

  *groupsOf(plan: Plan): Generator<Group> {
    for (const head of this.#heads.values()) {
      for (let group: Group | undefined = head; group !== undefined; group = group.next) {
        if (group.plan === plan) yield group
      }
    }
  }

  /** Lets go of the groups whose time has come. One that got events meanwhile, however old, comes again later. */
  expire(clockMs: number): void {
    const now = Math.floor(clockMs / bucketMs)
    if (!(now > this.#emptiedTo)) return
    this.#emptiedTo = now
    for (const bucket of [...this.#buckets.keys()].filter((at) => at <= now)) {
      const groups = this.#buckets.get(bucket) ?? []
      this.#buckets.delete(bucket)
      for (const group of groups) {
        const { drop, horizonMs } = group.plan
        if (group.isDropped) continue
        if (group.newestMs < clockMs - horizonMs && !group.isYoung()) drop(group)
        else this.#schedule(group, Math.max(group.newestMs, clockMs - horizonMs + bucketMs))
      }
    }
  }

  #schedule(group: Group, fromMs: number): void {
    const at = Math.max(Math.ceil((fromMs + group.plan.horizonMs) / bucketMs), this.#emptiedTo + 1)
    const bucket = this.#buckets.get(at)
    if (bucket === undefined) this.#buckets.set(at, [group])
    else bucket.push(group)
  }

  #setHead(entity: string, head: Group | undefined): void {
    if (head === undefined) this.#heads.delete(entity)
    else this.#heads.set(entity, head)
    if (entity === this.#lastEntity) this.#lastHead = head
  }
}
