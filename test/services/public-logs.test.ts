import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../../src/main/cli/run.ts'
import { startEngine } from '../helpers/engine.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { readSshLog } from '../helpers/public-logs/read-ssh.ts'
import { readWebLog } from '../helpers/public-logs/read-web.ts'
import { writeSshLog, writeWebLog } from '../helpers/public-logs/write-logs.ts'
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

test('logs of SSH and of the web give the same alerts by the queue and by a back-test, byte for byte', async () => {
  const [ssh, web] = [writeSshLog(7), writeWebLog(7)]
  const lines = [...readSshLog(ssh.lines, 2026), ...readWebLog(web.lines)].map((event) => JSON.stringify(event))
  const [redis, folder, postgres] = await Promise.all([startRedis(), createTempDir(), startPostgres()])
  const { url } = await createTestDatabase({ server: postgres.url })
  const env = { REDIS_URL: redis.url, POSTGRES_URL: url, GATEHOUSE_HOME: path.join(folder.path, 'home') }
  const file = path.join(folder.path, 'logins.jsonl')
  await writeFile(file, `${lines.join('\n')}\n`)
  const fromFile = await run(env, 'backtest', '--events', file)
  const named = fromFile
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { entityKind: string; entity: string })
    .filter(({ entityKind }) => entityKind === 'ip')
  expect(new Set(named.map(({ entity }) => entity))).toEqual(new Set([...ssh.attackers, ...web.attackers]))

  const engine = await startEngine({ home: env.GATEHOUSE_HOME, redis: { url: redis.url }, postgres: { url } })
  await redisCli(redis.url, ['RPUSH', 'audit:queue', ...lines])
  const raised = await waitFor(
    async () => {
      const now = await run(env, 'alerts', '--findings')
      return now.split('\n').length >= fromFile.split('\n').length ? now : null
    },
    { what: 'the watcher to have raised as many alerts', timeoutMs: 30_000, intervalMs: 500 },
  )
  expect(raised).toBe(fromFile)
  await engine.stop()
}, 90_000)
