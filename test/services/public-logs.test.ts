import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../../src/main/cli/run.ts'
import { startEngine } from '../helpers/engine.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { publicLogs } from '../helpers/public-logs/public-logs.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'

async function run(env: Record<string, string>, ...argv: string[]): Promise<string> {
  let [out, err] = ['', '']
  const terminal = { out: (text: string) => (out += `${text}\n`), err: (text: string) => (err += `${text}\n`) }
  const code = await runCommand(argv, { ...terminal, env, signal: new AbortController().signal })
  process.exitCode = undefined
  if (code !== 0) throw new Error(err)
  return out
}

test('published logs give the same alerts by the queue and by a back-test, byte for byte', async () => {
  // One after the other, as they were written: the queue knows no other order.
  const events = publicLogs
    .flatMap((log) => log.events)
    .toSorted((a, b) => String(a.created_at).localeCompare(String(b.created_at)))
  const lines = events.map((event) => JSON.stringify(event))
  const [redis, folder, postgres] = await Promise.all([startRedis(), createTempDir(), startPostgres()])
  const { url } = await createTestDatabase({ server: postgres.url })
  const env = { REDIS_URL: redis.url, POSTGRES_URL: url, GATEHOUSE_HOME: path.join(folder.path, 'home') }
  const file = path.join(folder.path, 'logins.jsonl')
  await writeFile(file, `${lines.join('\n')}\n`)
  const fromFile = await run(env, 'backtest', '--events', file)
  // One at least for each log in which somebody attacks.
  const alerts = fromFile.trimEnd().split('\n')
  expect(alerts.length).toBeGreaterThanOrEqual(publicLogs.filter((log) => log.attackers.length > 0).length)

  const engine = await startEngine({ home: env.GATEHOUSE_HOME, redis: { url: redis.url }, postgres: { url } })
  await redisCli(redis.url, ['RPUSH', 'audit:queue', ...lines])
  const raised = await waitFor(
    async () => {
      const now = await run(env, 'alerts', '--findings')
      return now.trimEnd().split('\n').length >= alerts.length ? now : null
    },
    { what: 'the watcher to have raised as many alerts', timeoutMs: 60_000, intervalMs: 500 },
  )
  expect(raised).toBe(fromFile)
  await engine.stop()
}, 120_000)
