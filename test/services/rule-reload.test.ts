import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { writeEvents } from '../../src/main/engine/postgres/write-events.ts'
import { Problems } from '../../src/main/engine/problems.ts'
import { createSignals } from '../../src/main/engine/signals.ts'
import { listAlerts } from '../../src/main/engine/watch/alert-list.ts'
import { createEnrichment } from '../../src/main/engine/watch/enrich/enrichment.ts'
import { createRuleDesk } from '../../src/main/engine/watch/rule-desk.ts'
import { createWatcher } from '../../src/main/engine/watch/watcher.ts'
import { AlertListInput } from '../../src/shared/contract/alerts.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'
import { failure, ruleText } from '../unit/watch/support.ts'

const log = pino({ level: 'silent' })
const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing.toReversed()) await close()
})

test('a rule file that changes is judged anew over what is stored, and a broken one is not', async () => {
  const { url } = await createTestDatabase({ server: (await startPostgres()).url })
  const database = openDatabase(ConfigSchema.parse({ postgres: { url } }).postgres, log)
  closing.push(() => database.close())
  await database.ready()
  const folder = (await createTempDir()).path
  const write = (limit: string) =>
    writeFile(
      path.join(folder, 'own.yml'),
      ruleText(`group-by: [user_id]
timespan: 60s
condition: {gt: ${limit}}`),
    )
  await write('5')
  const config = ConfigSchema.parse({ watch: { rulesDir: folder } })
  const signals = createSignals()
  const enrichment = createEnrichment(config.watch, () => undefined)
  const watcher = createWatcher({ database, config, signals, problems: new Problems(), log, enrichment })
  closing.push(async () => {
    await watcher.close()
    await watcher.stop()
    await enrichment.close()
  })
  watcher.start()
  const desk = createRuleDesk({
    opened: watcher.opened,
    loaded: watcher.rules,
    environment: enrichment.environment,
    watching: true,
  })
  expect(watcher.loaded()).toEqual([])
  expect((await desk.list()).rules.map(({ ruleId }) => ruleId)).toContain('test')
  const alerts = async () => {
    const { rows } = await listAlerts(database, AlertListInput.parse({ limit: 10 }))
    return rows.filter(({ ruleId }) => ruleId === 'test')
  }
  const nowS = Math.floor(Date.now() / 1000)
  const events = Array.from({ length: 4 }, (_, index) => ({
    ...failure(0),
    createdAt: new Date((nowS - 10 + index) * 1000),
  }))
  const { stored } = await database.transaction((tx) => writeEvents(tx, events))
  signals.emit('stored', stored)

  await write('3')
  const [raised] = await waitFor(
    async () => {
      const found = await alerts()
      return found.length > 0 ? found : null
    },
    { what: 'the alert of the changed rule', timeoutMs: 20_000 },
  )
  expect(raised).toMatchObject({ entity: 'alice', value: 4, threshold: 3, eventCount: 4 })

  await write('ten')
  const refused = await waitFor(() => watcher.rules().refused.find(({ file }) => file === 'own.yml') ?? null, {
    what: 'the broken file to be refused',
    timeoutMs: 20_000,
  })
  expect(refused.message).toMatch(/^own\.yml:17: correlation\.condition\.gt: .*The version read before goes on$/)
  expect(watcher.loaded().find(({ ruleId }) => ruleId === 'test')?.levels[0].conditions[0].bounds.gt).toBe(3)
})
