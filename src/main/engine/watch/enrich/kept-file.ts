import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { messageOf } from '../../../../shared/errors.ts'

/** What was read of a file the last time it could be used. */
export interface Kept<T> {
  contents: T
  /** The first 12 hex digits of its SHA-256. */
  version: string
  writtenAt: Date
  readAt: Date
}

/** Read at once at most, so that a hash takes the thread for milliseconds only. */
const chunkBytes = 1024 * 1024

/**
 * A file that is read again when it has changed. What cannot be read or used is refused, with a word why; what was read
 * before is kept.
 */
export class KeptFile<T> {
  readonly #file: string
  readonly #maxBytes: number
  readonly #read: (bytes: Buffer) => T | Promise<T>
  #kept: Kept<T> | null = null
  #problem: string | null = null
  /** Size, time of change and number of the file that was read last, and of the one that was seen last. */
  #done: string | null = null
  #seen: string | null = null

  /** @param read what the bytes say; it throws an error whose message says why they cannot be used */
  constructor(file: string, options: { maxBytes: number; read: (bytes: Buffer) => T | Promise<T> }) {
    this.#file = file
    this.#maxBytes = options.maxBytes
    this.#read = options.read
  }

  get kept(): Kept<T> | null {
    return this.#kept
  }

  /** Why the file that is there now cannot be used; null while it is in use. */
  get problem(): string | null {
    return this.#problem
  }

  /**
   * Looks at the file once, and reads it if it has changed and is not being written: two looks must find it the same, but
   * for the first.
   * @returns whether what is kept, or what is wrong, has changed
   */
  async look(): Promise<boolean> {
    const before = { version: this.#kept?.version, problem: this.#problem }
    try {
      const { size, mtime, ctimeMs, ino } = await stat(this.#file)
      const mark = `${size} ${ctimeMs} ${ino}`
      const isSettled = this.#seen === null || this.#seen === mark
      this.#seen = mark
      if (mark === this.#done || !isSettled) return false
      this.#done = mark
      if (size > this.#maxBytes) throw new Error(`it is larger than ${this.#maxBytes / 1024 / 1024} MB`)
      const { bytes, version } = await readWhole(this.#file)
      const contents = version === before.version && this.#kept ? this.#kept.contents : await this.#read(bytes)
      this.#kept = { contents, version, writtenAt: mtime, readAt: new Date() }
      this.#problem = null
    } catch (error) {
      // A file that comes back is read again.
      if (isGone(error)) this.#done = null
      this.#problem = isGone(error) ? 'there is no such file' : messageOf(error)
    }
    return this.#kept?.version !== before.version || this.#problem !== before.problem
  }
}

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

async function readWhole(file: string): Promise<{ bytes: Buffer; version: string }> {
  const hash = createHash('sha256')
  const chunks: Buffer[] = []
  for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes })) {
    const bytes = chunk as Buffer
    hash.update(bytes)
    chunks.push(bytes)
  }
  return { bytes: Buffer.concat(chunks), version: hash.digest('hex').slice(0, 12) }
}
