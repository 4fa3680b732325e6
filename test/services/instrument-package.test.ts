import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { buildLibrary } from '../../scripts/lib/library.mjs'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { createTempDir } from '../helpers/temp.ts'

const run = promisify(execFile)
const root = path.resolve(import.meta.dirname, '../..')

interface Manifest {
  version: string
  exports: Record<string, Record<string, string>>
}

/** An application's folder, with the package as npm would put it there. */
let folder: string
let library: string

beforeAll(async () => {
  folder = (await createTempDir()).path
  library = path.join(folder, 'node_modules', 'gatehouse')
  await mkdir(library, { recursive: true })
  expect(buildLibrary(library)).toBe(true)
})

const manifestOf = async (directory: string): Promise<Manifest> =>
  JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8')) as Manifest

test('an application in plain JavaScript logs an event through the package', async () => {
  const redis = await startRedis()
  const application = `
    import { createRequire } from 'node:module'
    import { createAuditLogger, createRateLimiter, GatehouseError } from 'gatehouse/instrument'
    const { Redis } = createRequire(${JSON.stringify(`${root}/`)})('ioredis')
    const redis = new Redis(process.argv[2])
    await redis.ping()
    const audit = createAuditLogger({ redis })
    audit.log({ event_type: 'login', user_id: 'alice' })
    const limited = await createRateLimiter({ redis, limit: 1, windowMs: 1000, timeoutMs: 5000 }).take('alice')
    let refusal
    try { createAuditLogger({ redis, maxWaiting: 'many' }) } catch (error) { refusal = error }
    console.log(JSON.stringify([await audit.close(), limited.source, refusal instanceof GatehouseError, refusal.code]))
    redis.disconnect()
  `
  const file = path.join(folder, 'application.mjs')
  await writeFile(file, application)
  const { stdout, stderr } = await run(process.execPath, [file, redis.url])
  expect(JSON.parse(stdout)).toEqual([
    { logged: 1, pushed: 1, overflowed: 0, dropped: 0, waiting: 0, failures: 0 },
    'redis',
    true,
    'CONFIG_INVALID',
  ])
  expect(stderr).toBe('')
  expect(await redisCli(redis.url, ['LRANGE', 'audit:queue', '0', '-1'])).toContain('"user_id":"alice"')
})

test('its types serve an application that has no types of ours', async () => {
  const application = `
    import { createAuditLogger, type RedisClient, type RateLimitResult } from 'gatehouse/instrument'
    export const audit = (redis: RedisClient) => createAuditLogger({ redis, maxWaiting: 5 })
    export const left = (result: RateLimitResult): number => result.remaining
    // @ts-expect-error unknown option
    export const wrong = (redis: RedisClient) => createAuditLogger({ redis, maxWaitin: 5 })
  `
  await writeFile(path.join(folder, 'application.ts'), application)
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
  const types = path.join(root, 'node_modules/@types')
  const flags = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--typeRoots', types]
  const files = [path.join(folder, 'application.ts')]
  await run(process.execPath, [compiler, ...flags, '--types', 'node', ...files], { cwd: folder })
})

test('the repository exports the same entry from where the build puts it, and the program is packed without it', async () => {
  const [ours, packed] = [await manifestOf(root), await manifestOf(library)]
  expect(packed.version).toBe(ours.version)
  for (const [condition, file] of Object.entries(packed.exports['./instrument'] ?? {})) {
    expect(existsSync(path.join(library, file))).toBe(true)
    expect(ours.exports['./instrument']?.[condition]).toBe(`./out/package${file.slice(1)}`)
  }
  expect(Object.keys(packed.exports['./instrument'] ?? {})).toEqual(['types', 'default'])
  expect(await readFile(path.join(root, 'electron-builder.yml'), 'utf8')).toContain("'!out/package/**'")
})
