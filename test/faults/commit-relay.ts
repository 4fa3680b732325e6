import { startRelay, type Relay } from '../helpers/relay.ts'

export type CutAt = 'request' | 'answer'

export interface CommitRelay extends Relay {
  /** How many commits were cut. */
  cuts(): number
}

/**
 * A way to PostgreSQL on which every `every`-th COMMIT is cut, whether it is said or implied (store-at-once.ts): its request
 * does not arrive, or it arrives, is carried out, and its answer does not. It reads the messages of PostgreSQL's protocol 3.0 (documentation, "Message Formats"):
 * a type of one byte and a length that counts itself, after a first message of the client's that has no type.
 */
export async function startCommitRelay(targetPort: number, cutAt: CutAt, every: number): Promise<CommitRelay> {
  let commits = 0
  let cuts = 0
  const relay = await startRelay(targetPort, () => {
    const fromClient = createReader({ untyped: 1 })
    const fromServer = createReader({ untyped: 0 })
    const isCommit = createCommitWatch()
    let cutting = false
    return {
      request(chunk) {
        const asked = fromClient(chunk).filter(isCommit).length
        if (asked === 0) return true
        commits += asked
        cutting = commits % every === 0
        if (!cutting || cutAt === 'answer') return true
        cuts++
        return false
      },
      answer(chunk) {
        if (!fromServer(chunk).some(isCommitted) || !cutting || cutAt === 'request') return true
        cuts++
        return false
      },
    }
  })
  return { ...relay, cuts: () => cuts }
}

interface Message {
  type: string
  body: Buffer
}

/**
 * @returns whether a message of the client's lets PostgreSQL come to a COMMIT: it is the text that holds it, of a simple query
 * or a prepared one; the Bind of a statement that is a transaction of its own; or, where that text has COPYs before it, the
 * end of the rows of the last (CopyDone)
 */
function createCommitWatch(): (message: Message) => boolean {
  let copies = 0
  return ({ type, body }) => {
    if (type === 'c' && copies > 0) return --copies === 0
    if (type === 'B') return body.toString('latin1').startsWith('\0store_at_once')
    const text = 'QP'.includes(type) ? body.toString('latin1') : ''
    if (!/\bCOMMIT\b/.test(text)) return false
    copies = text.match(/FROM STDIN/g)?.length ?? 0
    return copies === 0
  }
}
/** CommandComplete. Of that statement it comes before the server commits, but in one piece with the end of its answer. */
const isCommitted = ({ type, body }: Message): boolean =>
  type === 'C' && /^(COMMIT|SELECT \d+)\0/.test(body.toString('latin1'))

/** @returns reads a piece of one direction: the messages that it completes */
function createReader({ untyped }: { untyped: number }): (chunk: Buffer) => Message[] {
  let rest = Buffer.alloc(0)
  let left = untyped
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const messages: Message[] = []
    for (;;) {
      const head = left > 0 ? 0 : 1
      if (rest.length < head + 4) return messages
      const end = head + rest.readUInt32BE(head)
      if (rest.length < end) return messages
      if (head === 1) messages.push({ type: String.fromCharCode(rest[0]!), body: rest.subarray(5, end) })
      else left--
      rest = rest.subarray(end)
    }
  }
}
