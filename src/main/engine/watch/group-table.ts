import { ColdStore } from './cold/cold-store.ts'
import { Group } from './group.ts'
import type { Plan } from './plan.ts'

/** Within so much event time all that is packed is looked at, whether its time has come. */
const sweepMs = 600_000
/** So many are packed before it is seen again which rule has those that were quiet the longest. */
const packedAtOnce = 64

/**
 * The groups of all rules, by entity: rules that group by the same field share one look-up for each event. So many of them
 * are objects; beyond that, those that were quiet the longest are packed (*cold*), and unpacked when they are asked for.
 */
export class GroupTable {
  /** Where groups, and what else is known of entities, are packed. */
  readonly cold = new ColdStore()
  readonly #plans: Plan[] = []
  /** The groups of an entity that are objects are linked, the latest first. */
  readonly #heads = new Map<string, Group>()
  #hot = 0
  #lastEntity = ''
  #lastHead: Group | undefined
  #sweptMs = Number.NEGATIVE_INFINITY
  /** Chunks, and parts of one, that are to be swept. */
  #due = 0

  /** How many groups may be objects even if they are quiet. */
  readonly hotLimit: number

  constructor(hotLimit: number) {
    this.hotLimit = hotLimit
  }

  /** Makes the groups of a rule known. */
  join(plan: Plan): void {
    this.#plans.push(plan)
  }

  find(plan: Plan, entity: string): Group | undefined {
    if (entity !== this.#lastEntity) {
      this.#lastEntity = entity
      this.#lastHead = this.#heads.get(entity)
    }
    for (let group = this.#lastHead; group !== undefined; group = group.next) if (group.plan === plan) return group
    return plan.cold.size === 0 ? undefined : this.#unpack(plan, entity)
  }

  add(group: Group): void {
    const { entity } = group
    group.next = this.#heads.get(entity)
    this.#setHead(entity, group)
    this.#hot++
    group.plan.groups++
    group.plan.entries += group.size
  }

  drop(group: Group): void {
    group.list?.remove(group)
    this.#unlink(group)
    group.isDropped = true
  }

  /** The groups of a rule that are objects. */
  *groupsOf(plan: Plan): Generator<Group> {
    for (const head of this.#heads.values()) {
      for (let group: Group | undefined = head; group !== undefined; group = group.next) {
        if (group.plan === plan) yield group
      }
    }
  }

  /** Whether there are more objects than there should be. */
  get isCrowded(): boolean {
    return this.#hot > this.hotLimit
  }

  /** Packs a group that is in no list. False where that cannot be. */
  packOne(group: Group): boolean {
    const { plan, entity, remains } = group
    if (remains === null || !plan.cold.put(entity, remains)) return false
    this.#unlink(group)
    return true
  }

  /** Packs the groups that were quiet the longest, while it is crowded. */
  pack(): void {
    while (this.isCrowded) {
      const oldest = this.#quietest()
      if (oldest === null) return
      for (let count = 0; count < packedAtOnce && this.isCrowded; count++) {
        const group = oldest.quiet.first
        if (group === null) break
        oldest.quiet.remove(group)
        if (!this.packOne(group)) oldest.kept.append(group)
      }
    }
  }

  /** Lets go of what is packed and whose time has come, of some of it each time. */
  sweep(clockMs: number): void {
    const passedMs = Math.min(sweepMs, clockMs - this.#sweptMs)
    this.#sweptMs = clockMs
    if (!(passedMs > 0)) return
    this.#due += (this.cold.chunks * passedMs) / sweepMs
    const chunks = Math.floor(this.#due)
    if (chunks === 0) return
    this.#due -= chunks
    this.cold.sweep(chunks, clockMs)
  }

  #quietest(): Plan | null {
    let quietest: Plan | null = null
    let leastMs = Number.POSITIVE_INFINITY
    for (const plan of this.#plans) {
      const newestMs = plan.quiet.first?.newestMs ?? Number.POSITIVE_INFINITY
      if (newestMs < leastMs) {
        quietest = plan
        leastMs = newestMs
      }
    }
    return quietest
  }

  #unpack(plan: Plan, entity: string): Group | undefined {
    const remains = plan.cold.take(entity)
    if (remains === null) return undefined
    const group = new Group(plan, entity, remains)
    this.add(group)
    plan.quiet.append(group)
    return group
  }

  #unlink(group: Group): void {
    const head = this.#heads.get(group.entity)
    if (head === group) this.#setHead(group.entity, group.next)
    for (let one = head; one !== undefined; one = one.next) if (one.next === group) one.next = group.next
    group.next = undefined
    this.#hot--
    group.plan.groups--
    group.plan.entries -= group.size
  }

  #setHead(entity: string, head: Group | undefined): void {
    if (head === undefined) this.#heads.delete(entity)
    else this.#heads.set(entity, head)
    if (entity === this.#lastEntity) this.#lastHead = head
  }
}
