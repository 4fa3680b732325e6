import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { freePort } from './free-port.ts'
import { stopChild } from './stop-child.ts'

const startDeadlineMs = 30_000

export interface RedisServer {
  url: string
  pid: number
  stop(): Promise<void>
}

/** The `redis-server` on the PATH, or null. */
export function findRedisServer(): string | null {
  const folders = [
    ...(process.env['PATH'] ?? '').split(path.delimiter),
    '/usr/bin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
  ]
  for (const folder of folders) {
    const file = path.join(folder, process.platform === 'win32' ? 'redis-server.exe' : 'redis-server')
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // Not in this folder: the next one may have it.
    }
  }
  return null
}

/** Starts a Redis on a free loopback port that keeps its data in `dataDir` (append-only file) from start to start. */
export async function startRedisServer(dataDir: string): Promise<RedisServer> {
  const binary = findRedisServer()
  if (binary === null) {
    throw new Error(
      'redis-server was not found on the PATH: install it (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL.',
    )
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const port = await freePort()
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dataDir, '--appendonly', 'yes', '--save', '']
  const child = spawn(binary, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`Redis was not ready within ${startDeadlineMs} ms: ${said}`)),
      startDeadlineMs,
    )
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Redis ended with ${code} while starting: ${said}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-4_000)
      if (!said.includes('Ready to accept connections')) return
      clearTimeout(timer)
      resolve()
    })
  })
  return { url: `redis://127.0.0.1:${port}/0`, pid: child.pid ?? 0, stop: () => stopChild(child, 'SIGTERM') }
}
