import { fork } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import path from 'node:path'
import type { ConfigInput } from '../../src/main/engine/config-schema.ts'
import type { LiveStatus } from '../../src/shared/model/system.ts'
import { keep } from '../helpers/teardown.ts'
import { createTempDir } from '../helpers/temp.ts'

/** A whole engine as a process of its own, as a headless console is. */
export interface ConsoleProcess {
  /** As others call it when it leads. */
  readonly name: string
  /** What its status bar would show now. A stopped process answers when it goes on. */
  status(): Promise<LiveStatus>
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void
  /** Has it end as a console does. */
  stop(): Promise<void>
}

export async function startConsole(settings: ConfigInput): Promise<ConsoleProcess> {
  const config: ConfigInput = { home: (await createTempDir()).path, ...settings }
  const runner = path.join(import.meta.dirname, 'console-runner.ts')
  const child = fork(runner, [JSON.stringify(config)], { execArgv: [], serialization: 'advanced' })
  const exited = once(child, 'exit')
  const kill = () => void child.kill('SIGKILL')
  keep({ release: async () => kill(), abandon: kill })
  return {
    name: `${hostname()}/${child.pid}`,
    async status() {
      const answered = once(child, 'message') as Promise<[LiveStatus]>
      child.send('status')
      return (await answered)[0]
    },
    signal: (signal) => void child.kill(signal),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.disconnect()
      await exited
    },
  }
}
