import type { Duplex } from 'node:stream'
import type { ClientBase, Connection, Submittable } from 'pg'
import { giveWay } from '../giving-way.ts'

/** Types of messages: PostgreSQL documentation, "Message Formats". */
const copyData = 'd'.charCodeAt(0)
const copyFail = 'f'.charCodeAt(0)
const copyDone = Buffer.from([...Buffer.from('c'), 0, 0, 0, 4])

/**
 * Runs statements, some of which are COPY FROM STDIN in the text format, in one journey: the rows of all go to PostgreSQL one
 * after the other, and it need not ask for those of the second.
 * @param copies the rows of each COPY, in pieces of some 64 KiB, made when they can be sent
 * @throws DatabaseError of the statement that failed, or what `copies` throw; the rest is not run, and the connection is
 * ready for a ROLLBACK
 */
export async function runCopies(client: ClientBase, text: string, copies: readonly Iterable<string>[]): Promise<void> {
  const query = client.query(new CopyQuery(text))
  try {
    for (const pieces of copies) {
      for (const piece of pieces) {
        await query.send(message(copyData, piece))
        // The system takes megabytes before it lets a writer wait: without this, nothing else is heard until the end.
        await Promise.race([giveWay(), query.done])
      }
      await query.send(copyDone)
    }
  } catch (error) {
    // Rows that cannot be written down: without this the server would wait for the rest of them.
    if (!query.ended) await query.send(message(copyFail, 'no further rows\0'))
    await query.done.catch(() => undefined) // The first error is the one to report.
    throw error
  }
  await query.done
}

function message(type: number, body: string): Buffer {
  const length = Buffer.byteLength(body) + 4
  const bytes = Buffer.allocUnsafe(1 + length)
  bytes[0] = type
  bytes.writeInt32BE(length, 1)
  bytes.write(body, 5)
  return bytes
}

/** What pg calls while it is the client's turn. */
class CopyQuery implements Submittable {
  readonly #text: string
  readonly #done = Promise.withResolvers<void>()
  readonly #asked = Promise.withResolvers<Duplex>()
  #ended = false

  constructor(text: string) {
    this.#text = text
    // Both are awaited, but perhaps after they have failed.
    this.#done.promise.catch(() => undefined)
    this.#asked.promise.catch(() => undefined)
  }

  /** Fulfilled when all statements were run; rejected with the error of one. */
  get done(): Promise<void> {
    return this.#done.promise
  }

  /** True once PostgreSQL expects nothing more. */
  get ended(): boolean {
    return this.#ended
  }

  /** Resolves when the message is on its way; fails as the query has. */
  async send(bytes: Buffer): Promise<void> {
    const stream = await this.#asked.promise
    if (this.#ended) return this.done
    // A write that fails does so with the connection, which fails the query.
    await Promise.race([new Promise<void>((resolve) => stream.write(bytes, () => resolve())), this.done])
  }

  submit(connection: Connection): void {
    connection.query(this.#text)
  }

  handleCopyInResponse({ stream }: Connection): void {
    this.#asked.resolve(stream)
  }

  /** A command was run; its answer says nothing that the end of all does not. */
  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.#ended = true
    this.#asked.reject(error)
    this.#done.reject(error)
  }

  handleReadyForQuery(): void {
    this.#ended = true
    this.#done.resolve()
  }
}
