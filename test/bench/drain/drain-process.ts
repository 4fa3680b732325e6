import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { ConfigInput } from '../../../src/main/engine/config-schema.ts'
import { heapLimits } from '../../../src/main/engine/spawn-thread.ts'
import type { BenchServers } from '../drain.ts'
import type { DrainNews, DrainOrder, DrainReport } from './drain-program.ts'

export interface DrainProcess {
  /** Drains what waits, and says what it took. */
  drain(): Promise<DrainReport>
  /** Drains from now on. */
  start(): void
  /** Ends the draining that start() began. */
  stop(): Promise<void>
  /** Called with each critical event that was stored: its id, and the time by the machine's clock (ms since 1970). */
  onCritical(listener: (eventId: string, atMs: number) => void): void
  /** Ends the process. */
  end(): Promise<void>
}

/** The heap as the engine's thread has it: V8 divides a young generation in three. */
const heapFlags = [
  `--max-semi-space-size=${heapLimits.maxYoungGenerationSizeMb / 3}`,
  `--max-old-space-size=${heapLimits.maxOldGenerationSizeMb}`,
]

/**
 * @param program drain-program.ts, built
 * @param cacheFolder where Node keeps compiled code from one process to the next: compiling takes memory of its own
 */
export async function startDrainProcess(
  servers: BenchServers,
  queue: ConfigInput['queue'],
  { program, cacheFolder }: { program: string; cacheFolder: string },
): Promise<DrainProcess> {
  const { redisUrl: redis, postgresUrl: postgres } = servers
  const child = fork(program, [JSON.stringify({ redis, postgres, queue })], {
    execArgv: heapFlags,
    env: { ...process.env, NODE_COMPILE_CACHE: cacheFolder },
  })
  const exited = once(child, 'exit')
  const tell = (order: DrainOrder) => void child.send(order)
  const news = async <Name extends string>(name: Name): Promise<Extract<DrainNews, Record<Name, unknown>>> => {
    for (;;) {
      const ended = exited.then(() => Promise.reject(new Error('The draining process ended before its time')))
      const [found] = (await Promise.race([once(child, 'message'), ended])) as [DrainNews]
      if (name in found) return found as Extract<DrainNews, Record<Name, unknown>>
    }
  }
  await news('ready')
  return {
    async drain() {
      const reported = news('report')
      tell('drain')
      return (await reported).report
    },
    start: () => tell('start'),
    async stop() {
      const stopped = news('stopped')
      tell('stop')
      await stopped
    },
    onCritical(listener) {
      child.on('message', (found: DrainNews) => {
        if ('critical' in found) listener(found.critical, found.atMs)
      })
    },
    async end() {
      child.disconnect()
      await exited
    },
  }
}
