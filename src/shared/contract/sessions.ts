import { z } from 'zod'
import { AuditEvent } from '../model/event.ts'
import { SessionId } from '../model/ids.ts'
import { Origin, SearchInput } from '../model/page.ts'
import { Session } from '../model/session.ts'
import { base } from './base.ts'

export const sessions = {
  search: base
    .route({ summary: 'Live and past sessions, newest activity first.' })
    .input(SearchInput)
    .output(z.object({ rows: z.array(Session), nextCursor: z.string().nullable(), origin: Origin })),
  get: base
    .route({
      summary:
        'One session: its row, its value in Redis now (session id replaced), and its life as events, oldest first.',
    })
    .input(z.object({ sessionId: SessionId }))
    .output(
      z.object({
        session: Session,
        live: z
          .object({ type: z.string(), ttlMs: z.number().nullable(), json: z.string(), bytes: z.number() })
          .nullable(),
        timeline: z.array(AuditEvent),
        origin: Origin,
      }),
    ),
}
