import { GatehouseError } from '../../../shared/errors.ts'
import type { SessionId } from '../../../shared/model/ids.ts'
import type { Condition } from './condition.ts'
import { readFromEither, type Stores } from './either-store.ts'
import type { FoundSession } from './found.ts'
import { readPage } from './read-rows.ts'

/** Events of the longest life that is shown. Of a longer one the newest are: what happens now is what matters. */
const maxTimeline = 1_000

/** A session and its events. @throws GatehouseError NOT_FOUND */
export async function findSession(stores: Stores, sessionId: SessionId): Promise<FoundSession> {
  const condition: Condition = { kind: 'equals', field: 'session', value: sessionId }
  const { value, store } = await readFromEither(stores, async (from) => ({
    sessions: await readPage(from, from.sessions, condition, { limit: 1, after: null }),
    events: await readPage(from, from.events, condition, { limit: maxTimeline, after: null }),
  }))
  const [session] = value.sessions
  if (session === undefined) {
    const where = store.origin().store === 'cache' ? 'the cache, and PostgreSQL is away' : 'the audit store'
    throw new GatehouseError('NOT_FOUND', `Session ${sessionId} is not in ${where}.`)
  }
  return { session, timeline: value.events.toReversed(), origin: store.origin() }
}
