import type { DayWorld } from './normal-day.ts'
import type { ApiClient } from './people.ts'

const day = 86_400_000

/** Programs with a key of their own call all day long from one address. */
export function liveClientDay({ random, tape, startMs }: DayWorld, client: ApiClient, today: number): void {
  const actor = { ...client, authMethod: 'api_key', sessionId: `key-${client.userId}` }
  const fromMs = startMs + today * day
  for (let atMs = fromMs + random.next() * 600_000; atMs < fromMs + day; atMs += 200_000 + random.next() * 200_000) {
    tape.write(atMs, 'session_check', actor)
  }
  for (
    let atMs = fromMs + random.next() * 3_600_000;
    atMs < fromMs + day;
    atMs += 3_000_000 + random.next() * 1_200_000
  ) {
    tape.write(atMs, 'token_refresh', actor)
  }
}
