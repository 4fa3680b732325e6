import { readSync } from 'node:fs'

/** A line of a file, numbered from 1, with where it begins (bytes). One longer than `maxLineBytes` comes as null. */
export interface FileLine {
  line: number
  offset: number
  bytes: Buffer | null
}

/** Far above what a queue holds: an event of eight megabytes is none. */
export const maxLineBytes = 8 * 1024 * 1024
const chunkBytes = 256 * 1024
/** What lies between two wanted lines is read along with them up to this size: one read takes as long as so many bytes. */
const gapBytes = 4 * 1024
const newline = 0x0a

/** The lines of an open file, chunk by chunk, without their ends. Holds a line and a chunk of it. */
export function* linesOf(fd: number): Generator<FileLine[]> {
  let rest = Buffer.alloc(0)
  let [line, offset, position, isSkipped] = [1, 0, 0, false]
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes)
    const read = readSync(fd, chunk, 0, chunkBytes, position)
    position += read
    const data = Buffer.concat([rest, chunk.subarray(0, read)])
    const lines: FileLine[] = []
    let from = 0
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, from)) {
      lines.push({ line: line++, offset, bytes: isSkipped ? null : data.subarray(from, end) })
      offset += end + 1 - from
      from = end + 1
      isSkipped = false
    }
    rest = data.subarray(from)
    if (rest.length > maxLineBytes) {
      offset += rest.length
      rest = Buffer.alloc(0)
      isSkipped = true
    }
    if (read === 0) {
      if (rest.length > 0 || isSkipped) lines.push({ line, offset, bytes: isSkipped ? null : rest })
      if (lines.length > 0) yield lines
      return
    }
    yield lines
  }
}

/** Reads stretches of a file, each given by its place, in as few reads as they lie together. In the order given. */
export function readStretches(fd: number, stretches: readonly { offset: number; length: number }[]): Buffer[] {
  const found: Buffer[] = []
  const byPlace = stretches.map((stretch, index) => ({ ...stretch, index })).toSorted((a, b) => a.offset - b.offset)
  for (let from = 0; from < byPlace.length;) {
    const start = byPlace[from]?.offset ?? 0
    let end = start
    let to = from
    for (let next = byPlace[to]; next !== undefined && next.offset <= end + gapBytes; next = byPlace[++to]) {
      if (next.offset + next.length - start > maxLineBytes && to > from) break
      end = Math.max(end, next.offset + next.length)
    }
    const bytes = Buffer.allocUnsafe(end - start)
    const read = readSync(fd, bytes, 0, bytes.length, start)
    for (const { offset, length, index } of byPlace.slice(from, to)) {
      found[index] = bytes.subarray(offset - start, Math.min(offset - start + length, read))
    }
    from = to
  }
  return found
}
