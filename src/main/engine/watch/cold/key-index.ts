/** Tables grow one by one, so that no growth holds others up for long. */
const tables = 256
const smallest = 8
const fullShare = 0.8
const empty = 0
const gone = 1

interface Table {
  /** Addresses of records, `empty` or `gone`. */
  addresses: Uint32Array
  /** Eight bits of each one's hash: most others are passed over without a look at their record. */
  tags: Uint8Array
  /** Slots that are not empty, and those of them that are not gone. */
  taken: number
  live: number
}

/** Finds addresses by the 32-bit hash of what lies there: open addressing in typed arrays, some 7 bytes for each. */
export class KeyIndex {
  readonly #tables: (Table | undefined)[] = Array.from({ length: tables })
  readonly #hashAt: (address: number) => number
  #slots = 0
  #live = 0

  /** @param hashAt the hash of what lies at an address */
  constructor(hashAt: (address: number) => number) {
    this.#hashAt = hashAt
  }

  get size(): number {
    return this.#live
  }

  /** Bytes that it takes. */
  get bytes(): number {
    return this.#slots * 5
  }

  /** The address with this hash that `isIt` says yes to; 0 where there is none. */
  find(hash: number, isIt: (address: number) => boolean): number {
    const table = this.#tables[hash % tables]
    if (table === undefined) return 0
    const { addresses, tags } = table
    const tag = tagOf(hash)
    for (let slot = firstSlot(hash, addresses.length); ; slot = slot + 1 === addresses.length ? 0 : slot + 1) {
      const address = addresses[slot] ?? empty
      if (address === empty) return 0
      if (tags[slot] === tag && address !== gone && isIt(address)) return address
    }
  }

  has(hash: number, address: number): boolean {
    return this.find(hash, (one) => one === address) !== 0
  }

  /** An address that is not there yet. */
  add(hash: number, address: number): void {
    const table = this.#withRoom(hash % tables)
    if (put(table, hash, address)) table.taken++
    table.live++
    this.#live++
  }

  /** What lay at `before` lies at `after` now. */
  move(hash: number, before: number, after: number): void {
    const [table, slot] = this.#slotOf(hash, before)
    table.addresses[slot] = after
  }

  remove(hash: number, address: number): void {
    const [table, slot] = this.#slotOf(hash, address)
    table.addresses[slot] = gone
    table.live--
    this.#live--
  }

  #slotOf(hash: number, address: number): [Table, number] {
    const table = this.#tables[hash % tables]
    const length = table?.addresses.length ?? 0
    let slot = firstSlot(hash, length)
    for (let tries = 0; tries < length; tries++) {
      if (table?.addresses[slot] === address) return [table, slot]
      slot = slot + 1 === length ? 0 : slot + 1
    }
    throw new RangeError(`the index does not have the address ${address}`)
  }

  #withRoom(number: number): Table {
    const table = this.#tables[number]
    if (table !== undefined && table.taken + 1 <= table.addresses.length * fullShare) return table
    const length = Math.max(smallest, Math.ceil(((table?.live ?? 0) + 1) * 1.6))
    const larger = { addresses: new Uint32Array(length), tags: new Uint8Array(length), taken: 0, live: 0 }
    for (const address of table?.addresses ?? []) {
      if (address === empty || address === gone) continue
      put(larger, this.#hashAt(address), address)
      larger.taken++
      larger.live++
    }
    this.#tables[number] = larger
    this.#slots += length - (table?.addresses.length ?? 0)
    return larger
  }
}

const tagOf = (hash: number): number => (hash >>> 8) & 255

/** By the golden ratio: hashes of one table have their lowest bits in common. */
const firstSlot = (hash: number, slots: number): number =>
  Math.floor(((Math.imul(hash, 0x9e3779b1) >>> 0) / 4_294_967_296) * slots)

/** True where the slot was empty. */
function put({ addresses, tags }: Table, hash: number, address: number): boolean {
  let slot = firstSlot(hash, addresses.length)
  while ((addresses[slot] ?? empty) > gone) slot = slot + 1 === addresses.length ? 0 : slot + 1
  const wasEmpty = addresses[slot] === empty
  addresses[slot] = address
  tags[slot] = tagOf(hash)
  return wasEmpty
}
