import { expect, test } from 'vitest'
import type { ByteReader } from '../../../../src/main/engine/watch/cold/byte-reader.ts'
import { ColdStore, type ColdSection } from '../../../../src/main/engine/watch/cold/cold-store.ts'
import { seeded } from '../support.ts'

const seeds = [1, 2, 3, 4, 5]
let serial = 0
/** No two are the same. */
function contentOf(random: () => number, most: number): Buffer {
  const length = Math.floor(random() ** 4 * most)
  return Buffer.from([++serial >> 16, serial >> 8, serial, ...Array.from({ length }, () => random() * 256)])
}

/** A content begins with its length, so that a reader knows where it ends. */
const framed = (content: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(content.length)
  return Buffer.concat([length, content])
}
function unframed(reader: ByteReader): Buffer {
  const length = Buffer.from([reader.byte(), reader.byte(), reader.byte(), reader.byte()]).readUInt32LE()
  return Buffer.from(Array.from({ length }, () => reader.byte()))
}

class Model {
  readonly #contents = new Map<string, Buffer>()
  /** By content. */
  readonly #keys = new Map<string, string>()
  readonly #section: ColdSection

  constructor(section: ColdSection) {
    this.#section = section
  }

  set(key: string, content: Buffer): void {
    this.#keys.set(content.toString('hex'), key)
    if (this.#section.set(key, framed(content))) this.#contents.set(key, content)
    else this.#contents.delete(key)
  }

  remove(key: string): void {
    this.#section.remove(key)
    this.#contents.delete(key)
  }

  /** The section has let go of such a content by itself. */
  forget(content: string): void {
    const key = this.#keys.get(content) ?? ''
    expect(this.#contents.get(key)?.toString('hex')).toBe(content)
    this.#contents.delete(key)
  }

  get contentBytes(): number {
    return [...this.#contents.values()].reduce((sum, { length }) => sum + length, 0)
  }

  get keys(): string[] {
    return [...this.#contents.keys()]
  }

  check(key: string): void {
    const reader = this.#section.get(key)
    expect(reader === null ? null : unframed(reader).toString('hex')).toBe(
      this.#contents.get(key)?.toString('hex') ?? null,
    )
  }

  checkAll(): void {
    for (const key of this.keys) this.check(key)
    expect(this.#section.size).toBe(this.#contents.size)
  }
}

test.each(seeds)('a store holds what maps would hold (seed %i)', (seed) => {
  const random = seeded(seed)
  let gone: [number, string][] = []
  const isOver = (number: number, reader: ByteReader, divisor: number): boolean => {
    const content = unframed(reader)
    if (content.length % divisor > 0) return false
    gone.push([number, content.toString('hex')])
    return true
  }
  const store = new ColdStore()
  const sections = [0, 1, 2].map((number) => store.open((reader, clockMs) => isOver(number, reader, clockMs)))
  const models = sections.map((section) => new Model(section))
  const keyOf = () => {
    const number = Math.floor(random() * 6_000)
    return number % 3 === 0 ? `192.0.2.${number}` : number % 3 === 1 ? `użytkownik ${number}` : `user-${number}`
  }
  /** Removes contents whose length is a multiple of a number, as the maps are told. */
  function sweep(chunks: number, divisor: number): number {
    gone = []
    store.sweep(chunks, divisor)
    for (const [number, content] of gone) models[number]?.forget(content)
    return gone.length
  }
  for (let step = 0; step < 60_000; step++) {
    const model = models[Math.floor(random() * models.length)]!
    const key = keyOf()
    const act = random()
    if (act < 0.5) model.set(key, contentOf(random, 120))
    else if (act < 0.75) model.remove(key)
    else model.check(key)
    if (act < 0.001) model.set(key, contentOf(random, 6_000))
    if (act < 0.0005) sweep(2, 7)
  }
  for (const model of models) model.checkAll()
  const held = models.reduce((sum, { contentBytes }) => sum + contentBytes, 0)
  expect(store.bytes).toBeLessThan(held * 2 + 2_000_000)
  expect(sections.reduce((sum, { bytes }) => sum + bytes, 0)).toBeCloseTo(store.bytes)

  expect(sweep(store.chunks, 3)).toBeGreaterThan(100)
  for (const model of models) model.checkAll()

  for (const model of models) for (const key of model.keys) model.remove(key)
  for (const model of models) model.checkAll()
  expect(store.bytes).toBeLessThan(1_500_000)
})

test('what was emptied gives its memory back, and what is too large is not taken', () => {
  const store = new ColdStore()
  const section = store.open(() => false)
  for (let key = 0; key < 50_000; key++) section.set(`user-${key}`, Buffer.alloc(80, key))
  const full = store.bytes
  // Content, key, lengths and index.
  expect(full).toBeLessThan(50_000 * (80 + 12 + 4 + 12) + 600_000)
  for (let key = 0; key < 50_000; key++) if (key % 10 > 0) section.remove(`user-${key}`)
  expect(store.bytes).toBeLessThan(full / 3)
  expect(section.get('user-40')?.byte()).toBe(40)
  expect(section.get('user-41')).toBeNull()
  expect(section.set('user-40', Buffer.alloc(100_000))).toBe(false)
  expect(section.get('user-40')).toBeNull()
})
