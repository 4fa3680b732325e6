import type { EventId } from '../../shared/model/ids.ts'
import { parseTime } from './clean.ts'
import { parseObject } from './json-values.ts'
import { decodeItem } from './queue/decode/item.ts'
import { rememberRecent, type SessionIds } from './session-ids.ts'
import { isExported, readExported } from './watch/backtest/exported-event.ts'
import { noTime, type LineDecoder } from './watch/backtest/file-source.ts'

const kindName = Buffer.from('"kind"')

/**
 * Lines are read as the queue reads its items, so that the same events give the same alerts; events that a search or an
 * export has printed are taken as they are. An event without an identity is named by its line.
 */
export function eventLines(sessionIds: SessionIds): LineDecoder {
  const ids = rememberRecent(sessionIds)
  return {
    timeOf(bytes) {
      const parsed = parseObject(bytes)
      if ('refusal' in parsed) return null
      const { created_at, timestamp, createdAt } = parsed.object
      return parseTime(created_at ?? timestamp ?? createdAt)?.getTime() ?? null
    },
    decode(bytes, line) {
      if (bytes.includes(kindName)) {
        const parsed = parseObject(bytes)
        if ('object' in parsed && isExported(parsed.object)) return readExported(parsed.object)
      }
      // Padded, so that of the same millisecond those of earlier lines come first.
      const identity = `line:${String(line).padStart(10, '0')}` as EventId
      const decoded = decodeItem(bytes, { identity, at: new Date(Number.NaN), source: 'queue' }, ids)
      if ('refusal' in decoded) return decoded
      return Number.isNaN(decoded.event.createdAt.getTime()) ? { refusal: noTime } : { event: decoded.event }
    },
  }
}
