import { addressKey, parseAddress } from '../../src/main/engine/addresses.ts'

export type MmdbValue = string | number | boolean | readonly MmdbValue[] | { readonly [name: string]: MmdbValue }

export interface MmdbContents {
  /** `database_type` of the metadata, for example "GeoLite2-City". */
  type: string
  /** Records by network; one within another takes its place there when it comes after it. */
  networks: Readonly<Record<string, MmdbValue>>
  builtAt?: Date
}

/** A side of a node: nothing, another node, or the place of a record in the data. */
type Side = null | Node | number
type Node = [left: Side, right: Side]

/** Writes a database as docs of the format have it (MaxMind DB 2.0): IPv6 tree, records of 32 bits. */
export function writeMmdb({ type, networks, builtAt = new Date('2026-01-02T03:04:05Z') }: MmdbContents): Buffer {
  const root: Node = [null, null]
  const data: Buffer[] = []
  let dataBytes = 0
  for (const [network, record] of Object.entries(networks)) {
    insert(root, bitsOf(network), dataBytes)
    const bytes = encode(record)
    data.push(bytes)
    dataBytes += bytes.length
  }
  const nodes = [root]
  const numbers = new Map([[root, 0]])
  for (const node of nodes) {
    for (const side of node) if (Array.isArray(side)) numbers.set(side, nodes.push(side) - 1)
  }
  const tree = Buffer.alloc(nodes.length * 8)
  const pointer = (side: Side): number =>
    Array.isArray(side) ? (numbers.get(side) ?? 0) : nodes.length + (side === null ? 0 : 16 + side)
  for (const [number, [left, right]] of nodes.entries()) {
    tree.writeUInt32BE(pointer(left), number * 8)
    tree.writeUInt32BE(pointer(right), number * 8 + 4)
  }
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: builtAt.getTime() / 1000,
    database_type: type,
    description: { en: 'Made by a test' },
    ip_version: 6,
    languages: ['en'],
    node_count: nodes.length,
    record_size: 32,
  })
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('\xAB\xCD\xEFMaxMind.com', 'latin1'), metadata])
}

/** IPv4 lies at ::/96 of the tree. */
function bitsOf(network: string): number[] {
  const [address = '', length] = network.split('/')
  const isIPv4 = !address.includes(':')
  const key = addressKey(parseAddress(address) ?? `no address: ${network}`)
  if (isIPv4) key.fill(0, 0, 12)
  const count = length === undefined ? 128 : Number(length) + (isIPv4 ? 96 : 0)
  return Array.from({ length: count }, (_, bit) => ((key[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1)
}

function insert(root: Node, bits: readonly number[], record: number): void {
  let node = root
  for (const [depth, bit] of bits.entries()) {
    if (depth === bits.length - 1) {
      node[bit] = record
      return
    }
    const side: Side | undefined = node[bit]
    const next: Node = Array.isArray(side) ? side : [side ?? null, side ?? null]
    node[bit] = next
    node = next
  }
}

const types = { text: 2, double: 3, uint32: 6, map: 7, list: 11, boolean: 14 } as const

function encode(value: MmdbValue): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value)
    return Buffer.concat([control(types.text, bytes.length), bytes])
  }
  if (typeof value === 'boolean') return control(types.boolean, value ? 1 : 0)
  if (typeof value === 'number') {
    const isCount = Number.isInteger(value) && value >= 0
    const bytes = Buffer.alloc(isCount ? 4 : 8)
    if (isCount) bytes.writeUInt32BE(value)
    else bytes.writeDoubleBE(value)
    return Buffer.concat([control(isCount ? types.uint32 : types.double, bytes.length), bytes])
  }
  if (Array.isArray(value)) {
    const items: readonly MmdbValue[] = value
    return Buffer.concat([control(types.list, items.length), ...items.map(encode)])
  }
  const entries = Object.entries(value)
  return Buffer.concat([
    control(types.map, entries.length),
    ...entries.flatMap(([name, item]) => [encode(name), encode(item)]),
  ])
}

/** Types from 8 on are "extended": their number less 7 stands in a second byte. */
function control(type: number, size: number): Buffer {
  if (size > 284) throw new Error('longer than this writer needs')
  const [inControl, after] = size < 29 ? [size, []] : [29, [size - 29]]
  return type < 8 ? Buffer.from([(type << 5) | inControl, ...after]) : Buffer.from([inControl, type - 7, ...after])
}
