import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { AuditEvent } from '../model/event.ts'
import { Origin, SearchInput, maxQueryLength } from '../model/page.ts'
import { base } from './base.ts'

export const events = {
  /** Stored events, newest first. */
  search: base
    .input(SearchInput)
    .output(z.object({ rows: z.array(AuditEvent), nextCursor: z.string().nullable(), origin: Origin })),
  /** Events as they are stored, at most 10 messages a second; `omitted` counts what a message had no room for. */
  tail: base
    .input(z.object({ query: z.string().max(maxQueryLength).default('') }))
    .output(eventIterator(z.object({ events: z.array(AuditEvent), omitted: z.number() }))),
}
