import { closeSync, fstatSync, openSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { GatehouseError, messageOf } from '../../../../shared/errors.ts'
import type { AuditEvent } from '../../../../shared/model/event.ts'
import { linesOf, readStretches } from './file-lines.ts'
import { inOrder } from './in-order.ts'
import { LineIndex } from './line-index.ts'
import type { EventSource, TimeSpan } from './source.ts'

/** How a line becomes an event. */
export interface LineDecoder {
  /** Event time (ms) of a line; null where it has none that can be read, which `decode` gives the reason for. */
  timeOf(bytes: Buffer): number | null
  decode(bytes: Buffer, line: number): { event: AuditEvent } | { refusal: string }
}

const pageSize = 5_000
const maxShown = 100
/** Share of the time that finding out what lies where takes. */
const indexShare = 0.3

/**
 * The events of a JSON Lines file, one a line, in any order. It is read twice: once to see of when each line is, once by
 * time; so a file of any size needs 24 bytes a line. What is no event is counted, with the number of its line.
 * @throws GatehouseError NOT_FOUND where the file cannot be read
 */
export function fileSource(file: string, decoder: LineDecoder): EventSource {
  const index = new LineIndex()
  const refused: { line: number; reason: string }[] = []
  let badLines = 0
  let done: number | null = null

  function refuse(line: number, reason: string): void {
    badLines++
    if (refused.length < maxShown) refused.push({ line, reason })
  }

  function noteLine(line: number, offset: number, bytes: Buffer, { fromMs, toMs }: TimeSpan): void {
    const atMs = decoder.timeOf(bytes)
    if (atMs !== null) {
      if (atMs >= fromMs && atMs < toMs) index.add(atMs, { line, offset, length: bytes.length })
      return
    }
    const result = decoder.decode(bytes, line)
    refuse(line, 'refusal' in result ? result.refusal : noTime)
  }

  async function* read(span: TimeSpan, signal: AbortSignal): AsyncGenerator<AuditEvent[]> {
    const fd = open(file)
    try {
      const { size } = fstatSync(fd)
      for (const lines of linesOf(fd)) {
        for (const { line, offset, bytes } of lines) {
          if (bytes === null) refuse(line, 'longer than 8 MiB, which no event is')
          else if (!isBlank(bytes)) noteLine(line, offset, bytes, span)
        }
        done = ((lines.at(-1)?.offset ?? 0) / size) * indexShare
        await nextTurn()
        if (signal.aborted) return
      }
      const order = index.order()
      for (let from = 0; from < order.length && !signal.aborted; from += pageSize) {
        const places = Array.from(order.subarray(from, from + pageSize), (at) => index.place(at))
        const texts = readStretches(fd, places)
        const page: AuditEvent[] = []
        for (const [at, { line }] of places.entries()) {
          const result = decoder.decode(texts[at] ?? Buffer.alloc(0), line)
          if ('refusal' in result) refuse(line, result.refusal)
          else page.push(result.event)
        }
        done = indexShare + ((from + places.length) / order.length) * (1 - indexShare)
        yield page
      }
    } finally {
      closeSync(fd)
    }
  }

  return {
    kind: 'file',
    name: path.basename(file),
    pages: (span, signal) => inOrder(read(span, signal)),
    fraction: () => done,
    faults: () => ({
      badLines: { total: badLines, rows: refused.toSorted((a, b) => a.line - b.line) },
      outOfOrder: index.outOfOrder,
    }),
  }
}

/** Why a line cannot be placed. */
export const noTime = 'no created_at or timestamp that is a time: nothing says when it was'

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)

function open(file: string): number {
  try {
    return openSync(file, 'r')
  } catch (error) {
    throw new GatehouseError(
      'NOT_FOUND',
      `The events cannot be read: ${messageOf(error)}. Give the name of a JSON Lines file.`,
    )
  }
}
