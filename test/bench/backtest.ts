import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { BacktestWork } from '../../src/main/engine/backtest.ts'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { createCache } from '../../src/main/engine/sqlite/cache.ts'
import { cacheFileOf, openCacheFile, openCacheReader } from '../../src/main/engine/sqlite/open.ts'
import { createBacktests } from '../../src/main/engine/watch/backtest/backtests.ts'
import { resourcePath } from '../../src/main/resources.ts'
import { fullSize, generateLabelled, shortSize } from '../helpers/labelled/generate.ts'
import { createTempDir } from '../helpers/temp.ts'
import { median } from './median.ts'

const putAtOnce = 5_000

/**
 * The whole catalogue over the events of a cache, and one rule with its curve, each beside plainly reading the same rows,
 * in turns: medians of seconds of the processor, so that what others do on the machine does not count, and by the clock.
 */
export async function benchBacktest({ quick, say }: { quick: boolean; say: (text: string) => void }) {
  const config = ConfigSchema.parse({ home: (await createTempDir()).path })
  const file = cacheFileOf(config, '')
  const rounds = quick ? 1 : 3
  say('a cache of labelled events')
  fillCache(file, quick)
  const files = await Promise.all(
    (await readdir(resourcePath('rules'))).map(async (name) => ({
      file: name,
      text: await readFile(path.join(resourcePath('rules'), name), 'utf8'),
    })),
  )
  // In a thread, with the limits of its heap, as an engine runs it.
  const backtests = createBacktests(path.resolve('src/main/engine/backtest-worker.ts'), {
    run: ({ source: _source, ...input }): BacktestWork => ({
      kind: 'run',
      task: { config, input, from: { kind: 'cache' }, files },
    }),
    verify: () => null,
  })
  const run = async (ruleId: string | null, curve: boolean) => {
    const asked = { ruleId, curve, threshold: null, draft: null, from: null, to: null, suppressions: true }
    const source = { kind: 'stored' as const, store: 'cache' as const }
    for await (const message of backtests.run({ ...asked, source }, new AbortController().signal)) {
      if (message.kind === 'result') return message.result
    }
    throw new Error('the back-test ended without a result')
  }
  const seconds = { reading: [] as number[], catalogue: [] as number[], curve: [] as number[] }
  const tookMs = { catalogue: [] as number[], curve: [] as number[] }
  const timed = async (work: () => unknown): Promise<number> => {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1e6
  }
  let found = await run('brute_force_account', true)
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`)
    seconds.reading.push(await timed(() => readPlainly(file)))
    seconds.curve.push(
      await timed(async () => {
        tookMs.curve.push((await run('brute_force_account', true)).tookMs)
      }),
    )
    seconds.catalogue.push(
      await timed(async () => {
        found = await run(null, false)
        tookMs.catalogue.push(found.tookMs)
      }),
    )
  }
  const [reading, catalogue, curve] = [seconds.reading, seconds.catalogue, seconds.curve].map((taken) => median(taken))
  return {
    events: found.events.count,
    rules: files.length,
    alerts: found.alerts.total,
    rounds,
    seconds: { reading, catalogue, curve },
    tookSeconds: { catalogue: median(tookMs.catalogue) / 1_000, curve: median(tookMs.curve) / 1_000 },
    ratio: { catalogue: (reading ?? 0) / (catalogue ?? 1), curve: (reading ?? 0) / (curve ?? 1) },
    residentMb: Math.round(process.memoryUsage().rss / 2 ** 20),
  }
}

function fillCache(file: string, quick: boolean): void {
  const { database } = openCacheFile(file)
  const cache = createCache(database)
  const { events } = generateLabelled(quick ? shortSize : fullSize)
  for (let from = 0; from < events.length; from += putAtOnce) cache.putEvents(events.slice(from, from + putAtOnce))
  cache.close()
}

/** All rows, as SQLite gives them, with their metadata. */
function readPlainly(file: string): number {
  const database = openCacheReader(file)
  let fields = 0
  const rows = database?.prepare<[], { metadata: string }>(
    'SELECT * FROM events ORDER BY created_at_ms, event_id, kind',
  )
  for (const row of rows?.iterate() ?? []) fields += Object.keys(JSON.parse(row.metadata) as object).length
  database?.close()
  return fields
}
