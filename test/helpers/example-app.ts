import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { keep } from './teardown.ts'

export interface ExampleApp {
  /** `http://127.0.0.1:<port>` */
  url: string
  /** Ends it with SIGTERM, and returns what it printed since. */
  stop(): Promise<string>
}

/** Starts an application of test/example-app as a process of its own. */
export async function startExampleApp(name: 'express-app' | 'fastify-app', redisUrl: string): Promise<ExampleApp> {
  const file = path.join(import.meta.dirname, '..', 'example-app', `${name}.ts`)
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, REDIS_URL: redisUrl, REDIS_TIMEOUT_MS: '10000' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const reader = createInterface(child.stdout).on('line', (line) => lines.push(line))
  const exited = once(child, 'exit')
  const end = async (): Promise<void> => {
    child.kill('SIGTERM')
    await exited
  }
  const release = keep({ release: end, abandon: () => void child.kill('SIGKILL') })
  await Promise.race([
    once(reader, 'line'),
    exited.then(() => Promise.reject(new Error(`${name} ended while it started`))),
  ])
  return {
    url: lines.shift() ?? '',
    stop: async () => {
      await release()
      return lines.join('\n')
    },
  }
}
