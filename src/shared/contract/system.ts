import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { ReferenceFile } from '../model/reference.ts'
import { SessionStores } from '../model/session-stores.ts'
import { ConnectionState, LiveStatus, Sample, Workspace } from '../model/system.ts'
import { base, Done } from './base.ts'

const ConnectionUrl = z.string().max(2000)

export const system = {
  info: base.route({ summary: 'Who answers: program, workspace, settings that matter to a caller.' }).output(
    z.object({
      version: z.string(),
      node: z.string(),
      workspace: Workspace,
      actor: z.string(),
      readOnly: z.boolean(),
      home: z.string(),
      startedAt: z.date(),
      sessionIds: z.enum(['hmac', 'plain']),
    }),
  ),
  live: base
    .route({ summary: 'The state of everything, at once and then on change, at most 10 messages a second.' })
    .output(eventIterator(LiveStatus)),
  series: base
    .route({ summary: 'Samples of the live charts, oldest first, at most one a second; missing seconds are gaps.' })
    .input(z.object({ fromMs: z.number(), toMs: z.number() }))
    .output(z.array(Sample)),
  sessionStores: base
    .route({
      summary: 'Which session stores lie in Redis, how their sessions are revoked, and what is stored beside these.',
    })
    .output(SessionStores),
  lists: base
    .route({
      summary:
        'The geographic databases and the lists of addresses that rules use: version, date, and what is wrong with them.',
    })
    .output(z.array(ReferenceFile)),
  connections: base
    .route({ summary: 'The connections in use, credentials left out.' })
    .output(z.object({ redis: ConnectionState, postgres: ConnectionState, source: z.record(z.string(), z.string()) })),
  testConnection: base
    .route({ summary: 'Tries a connection without using it: what the server is, or what is wrong and what to do.' })
    .input(z.object({ store: z.enum(['redis', 'postgres']), url: ConnectionUrl }))
    .output(z.object({ ok: z.boolean(), message: z.string(), server: z.string().nullable(), tookMs: z.number() })),
  saveConnections: base
    .route({
      summary:
        "Saves connections to the config file (passwords sealed by the host's key) and reconnects to them; null keeps the one in use, whose password nobody can read back.",
    })
    .input(z.object({ redisUrl: ConnectionUrl.nullable(), postgresUrl: ConnectionUrl.nullable() }))
    .output(Done),
}
