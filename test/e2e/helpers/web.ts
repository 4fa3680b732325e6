import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser } from '@playwright/test'
import { root } from './electron.ts'
import type { Launched } from './fixtures.ts'

export interface Served {
  /** The printed address, with the token in its fragment. */
  url: string
  /** Asks it to stop as a service manager would, and returns its exit code, or what killed it. */
  stop(): Promise<number | NodeJS.Signals>
}

/** Starts `gatehouse serve` from the build, on a free port. Rejects with its output if it prints no address. */
export async function serve(env: Record<string, string>, args: string[] = []): Promise<Served> {
  const script = path.join(root, 'out/main/headless.js')
  const server = spawn(process.execPath, [script, 'serve', '--port', '0', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  server.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  const exited = once(server, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  const line = await Promise.race([
    once(createInterface(server.stdout), 'line').then(([text]) => String(text)),
    exited.then((code) => Promise.reject(new Error(`gatehouse serve ended with ${code}: ${errors}`))),
  ])
  const { url } = JSON.parse(line) as { url: string }
  const stop = () => {
    server.kill('SIGTERM')
    return exited
  }
  return { url, stop }
}

/** The program in a browser of its own profile. */
export async function launchWeb(env: Record<string, string>, browser: Browser): Promise<Launched> {
  const { url, stop } = await serve(env)
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(url)
  const close = async () => {
    await context.close()
    await stop()
  }
  return { host: 'web', page, url, close }
}
