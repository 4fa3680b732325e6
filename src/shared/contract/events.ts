import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { AuditEvent } from '../model/event.ts'
import { Origin, SearchInput, maxQueryLength } from '../model/page.ts'
import { base } from './base.ts'

export const events = {
  search: base
    .route({ summary: 'Stored events, newest first.' })
    .input(SearchInput)
    .output(z.object({ rows: z.array(AuditEvent), nextCursor: z.string().nullable(), origin: Origin })),
  tail: base
    .route({
      summary:
        'Events as they are stored, at most 10 messages a second; `omitted` counts what a message had no room for.',
    })
    .input(z.object({ query: z.string().max(maxQueryLength).default('') }))
    .output(eventIterator(z.object({ events: z.array(AuditEvent), omitted: z.number() }))),
}
