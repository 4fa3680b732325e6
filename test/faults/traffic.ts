import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'

const tickMs = 50
/** A session lives for so many ticks: longer than a take-over may last, so that none comes and goes unseen. */
const lifeTicks = 300
/** An account is attacked at every so-manieth tick, by so many failed logins, so many ticks apart. */
const attackEvery = 5
const failureEvery = 6
/** One is over the limit of the rule: without any of them there is no alert, and with all of them only one. */
export const failuresOfAttack = 6

/** Sessions that come and go, and accounts that are attacked, all the time. What was begun is brought to its end. */
export interface Traffic {
  /** Sessions that have begun. */
  sessions(): number
  attacks(): number
  start(): void
  /** Begins nothing more. */
  stop(): Promise<void>
  /** Does at once what is left to do, when all sessions that began have been seen. */
  finish(): Promise<void>
}

/** @returns once the sessions are there that are going to end first */
export async function createTraffic(redis: Redis): Promise<Traffic> {
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  let [begun, ended, attacks, tick] = [0, 0, 0, 0]
  const failuresAt = new Map<number, string[]>()

  const begin = async (): Promise<void> => {
    const session = JSON.stringify({ user_id: `user-${begun}`, ip_address: '192.0.2.1' })
    await redis.set(`session:life-${begun++}`, session, 'EX', 3_600)
  }
  const end = () => redis.del(`session:life-${ended++}`)

  function attack(): void {
    const victim = `victim-${attacks++}`
    for (let n = 0; n < failuresOfAttack; n++) {
      const at = tick + n * failureEvery
      failuresAt.set(at, [...(failuresAt.get(at) ?? []), victim])
    }
  }
  async function fail(): Promise<void> {
    const failures = (failuresAt.get(tick) ?? []).map((victim) =>
      JSON.stringify({
        event_id: `${victim}-${tick}`,
        event_type: 'failed_login',
        user_id: victim,
        created_at: new Date().toISOString(),
      }),
    )
    failuresAt.delete(tick)
    if (failures.length > 0) await redis.rpush('audit:queue', ...failures)
  }

  async function flow(): Promise<void> {
    for (; !stopping.signal.aborted; tick++) {
      await Promise.all([begin(), end()])
      if (tick % attackEvery === 0) attack()
      await fail()
      await sleep(tickMs)
    }
  }

  while (begun < lifeTicks) await begin()
  return {
    sessions: () => begun,
    attacks: () => attacks,
    start: () => void (running = flow()),
    async stop() {
      stopping.abort()
      await running
    },
    async finish() {
      while (ended < begun) await end()
      for (; failuresAt.size > 0; tick++) await fail()
    },
  }
}
