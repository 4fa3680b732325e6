import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { desktops } from '../../helpers/labelled/agents.ts'

/** What the parent asks for. */
export interface PushesAsked {
  redisUrl: string
  eventsPerSecond: number
  seconds: number
  attacksPerSecond: number
}

/** What it is told: an attack is in the queue, or all is done. Times are those of Date.now(). */
export type PushTold = { attacked: string; pushedMs: number } | { pushed: number; tookMs: number }

const tickMs = 5
const people = 20_000

/** A process of its own: an application whose people look around, and an attack on an account now and then. */
async function push(asked: PushesAsked): Promise<void> {
  const redis = new Redis(asked.redisUrl)
  const tell = (told: PushTold): void => void process.send?.(told)
  const startMs = performance.now()
  let pushed = 0
  let attacks = 0
  for (;;) {
    const seconds = (performance.now() - startMs) / 1_000
    if (seconds >= asked.seconds) break
    const lines: string[] = []
    for (const due = seconds * asked.eventsPerSecond; pushed < due; pushed++) lines.push(looking(pushed))
    if (lines.length > 0) await redis.rpush('audit:queue', ...lines)
    if (attacks < seconds * asked.attacksPerSecond) {
      const victim = `victim-${attacks++}`
      const guesses = Array.from({ length: 6 }, () => guess(victim, attacks))
      pushed += guesses.length
      // The clock starts before the command: the way to Redis counts.
      const pushedMs = Date.now()
      await redis.rpush('audit:queue', ...guesses)
      tell({ attacked: victim, pushedMs })
    }
    await sleep(tickMs)
  }
  tell({ pushed, tookMs: performance.now() - startMs })
  redis.disconnect()
}

const looking = (index: number): string => {
  const person = (index * 7_919) % people
  return JSON.stringify({
    event_type: index % 3 === 0 ? 'token_refresh' : 'session_check',
    user_id: `u${person}`,
    session_id: `s${person}`,
    ip_address: `84.130.${person >> 8}.${person & 255}`,
    user_agent: desktops[person % desktops.length],
    created_at: new Date().toISOString(),
  })
}

const guess = (victim: string, attack: number): string =>
  JSON.stringify({
    event_type: 'failed_login',
    user_id: victim,
    ip_address: `95.25.${(attack >> 8) & 255}.${attack & 255}`,
    user_agent: desktops[0],
    created_at: new Date().toISOString(),
  })

process.once('message', (asked: PushesAsked) => {
  void push(asked).then(() => process.disconnect())
})
