import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { ConfigInput } from '../../src/main/engine/config-schema.ts'
import type { DrainTally } from '../../src/main/engine/queue/tally.ts'
import { keep } from '../helpers/teardown.ts'
import { createMailbox } from './mailbox.ts'

export interface EngineOptions {
  redis: string
  postgres: string
  queue: NonNullable<ConfigInput['queue']>
  /** Between COMMIT and acknowledgement of each batch the worker says so and waits for `resume`. */
  holdAfterCommit?: boolean
  /** Its clock differs by so much from that of the others. */
  clockShiftMs?: number
}

export interface EngineFacts extends DrainTally {
  /** What is alive after a collection: on the heap and beside it. */
  liveBytes: number
  /** Reasons of the problems that it shows. */
  problems: string[]
}

export type EngineOrder = { ask: 'facts' } | { resume: string }
/** What an engine reports, by the name of the report. */
export interface EngineReports {
  draining: true
  facts: EngineFacts
  committed: string
}

/** An engine that drains and nothing else, as a process of its own. */
export interface EngineProcess {
  /** Its workers' names among the owners of batches begin with it. */
  readonly engineId: string
  /** Resolves once it claims. */
  readonly draining: Promise<void>
  /** Rejects when it ends by itself. */
  readonly failed: Promise<never>
  facts(): Promise<EngineFacts>
  /** The next batch that is committed and held: see `holdAfterCommit`. */
  committed(): Promise<string>
  resume(batchId: string): void
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** SIGKILL, and its end. */
  kill(): Promise<void>
  /** Has it end as an engine does, unless it was killed: it finishes what is under way. */
  stop(): Promise<void>
}

const file = (name: string) => path.join(import.meta.dirname, name)

export function startEngineProcess(options: EngineOptions): EngineProcess {
  const shift = options.clockShiftMs ? ['--import', file('shift-clock.ts')] : []
  const child = fork(file('drain-runner.ts'), [JSON.stringify(options)], {
    execArgv: ['--expose-gc', ...shift],
    // Halves the time of a start: some faults need a hundred engines.
    env: { ...process.env, NODE_COMPILE_CACHE: file('../../node_modules/.cache/gatehouse-faults') },
  })
  const exited = once(child, 'exit')
  let killed = false
  const kill = () => void (killed = child.kill('SIGKILL') || killed)
  keep({ release: async () => kill(), abandon: kill })
  const end = exited.then(() => new Error(`The engine ended with ${child.signalCode ?? `code ${child.exitCode}`}.`))
  const failed = end.then((error) =>
    killed || child.exitCode === 0 ? new Promise<never>(() => {}) : Promise.reject(error),
  )
  // Told to whoever waits for something that the engine has to do.
  failed.catch(() => undefined)

  const reports = createMailbox<EngineReports>(end)
  child.on('message', reports.put)
  const send = (order: EngineOrder) => void child.send(order)
  const draining = reports.next('draining').then(() => undefined)
  // Whoever kills it before need not hear that it never drained.
  draining.catch(() => undefined)

  return {
    engineId: `engine-${child.pid}`,
    draining,
    failed,
    facts() {
      send({ ask: 'facts' })
      return reports.next('facts')
    },
    committed: () => reports.next('committed'),
    resume: (batchId) => send({ resume: batchId }),
    signal: (signal) => void child.kill(signal),
    async kill() {
      kill()
      await exited
    },
    async stop() {
      if (killed) return
      child.disconnect()
      const error = await end
      if (child.exitCode !== 0) throw error
    },
  }
}
