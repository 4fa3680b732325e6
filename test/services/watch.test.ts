import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { createFeed } from '../../src/main/engine/postgres/feed.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { writeEvents } from '../../src/main/engine/postgres/write-events.ts'
import { Problems } from '../../src/main/engine/problems.ts'
import { createSignals, type SignalBus } from '../../src/main/engine/signals.ts'
import { findAlert, listAlerts } from '../../src/main/engine/watch/alert-list.ts'
import { createEngineOfRules } from '../../src/main/engine/watch/engine-of-rules.ts'
import { createEnrichment } from '../../src/main/engine/watch/enrich/enrichment.ts'
import { createWatcher, type Watcher } from '../../src/main/engine/watch/watcher.ts'
import { AlertListInput } from '../../src/shared/contract/alerts.ts'
import type { Alert } from '../../src/shared/model/alert.ts'
import type { AuditEvent } from '../../src/shared/model/event.ts'
import type { AlertId, EventId } from '../../src/shared/model/ids.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { createTempDir } from '../helpers/temp.ts'
import { waitFor } from '../helpers/wait.ts'
import { at, failure, Ledger, ruleText, seeded, shippedRule } from '../unit/watch/support.ts'

const log = pino({ level: 'silent' })
const rules = ['brute-force-account', 'brute-force-address', 'steady-brute-force'].map(shippedRule)

let url: string
let database: Database
let signals: SignalBus
let problems: Problems
const watchers: Watcher[] = []

beforeAll(async () => {
  // A server of this file's own: an open transaction of another file would hold up the feed.
  url = (await createTestDatabase({ server: (await startPostgres()).url })).url
  database = openDatabase(ConfigSchema.parse({ postgres: { url } }).postgres, log)
  await database.ready()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.query(
    'TRUNCATE audit_sessions, audit_logs, stored_transactions, inferred_boundaries, alerts, alert_events, alert_triage, alert_notices',
  )
  await database.query(`DELETE FROM gatehouse_settings WHERE key = 'feed:watch'`)
  signals = createSignals()
  problems = new Problems()
})
afterEach(async () => {
  await Promise.all(watchers.splice(0).map((watcher) => Promise.all([watcher.stop(), watcher.close()])))
})

/** With what it stored. */
const withStored = (watcher: Watcher) => ({
  ...watcher,
  list: async (limit: number) => (await listAlerts(database, AlertListInput.parse({ limit }))).rows,
  get: (alertId: AlertId) => findAlert(database, alertId),
})
type Watched = ReturnType<typeof withStored>

function watch(options: { rulesDir?: string; database?: Database } = {}): Watched {
  const config = ConfigSchema.parse({ watch: { rulesDir: options.rulesDir ?? null } })
  const enrichment = createEnrichment(config.watch, (reason, key) => problems.report('watch', reason, key))
  const watcher = createWatcher({ database: options.database ?? database, config, signals, problems, log, enrichment })
  watchers.push(watcher)
  watcher.start()
  return withStored(watcher)
}

let lastTx = 0n

async function store(events: readonly AuditEvent[]): Promise<void> {
  const { stored } = await database.transaction(async (tx) => {
    const { rows } = await tx.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id')
    lastTx = BigInt(rows[0]?.id ?? 0)
    return writeEvents(tx, events)
  })
  signals.emit('stored', stored)
}

/**
 * Resolves once what the watcher says of all that is stored is committed. That the feed is done does not say so: other
 * tests on the same server may hold it up with a transaction of theirs.
 */
async function caughtUp(): Promise<void> {
  const feed = createFeed(database, 'watch', { from: 'beginning' })
  await waitFor(async () => BigInt((await feed.position())?.tx ?? 0) > lastTx, {
    what: 'the watcher to read what is stored',
    timeoutMs: 20_000,
  })
}

const burst = (count: number, from = 0, facts: Partial<AuditEvent> = {}) =>
  Array.from({ length: count }, (_, index) => failure(from + index, facts))

/** What the rules say of an alert: without what people and the clock add. */
const findings = (alerts: readonly Alert[]) =>
  alerts.map(
    ({ state: _state, verdict: _verdict, owner: _owner, revision: _revision, createdAt: _createdAt, ...finding }) =>
      finding,
  )

const idsOf = async (watcher: Watched, alertId: AlertId) =>
  (await watcher.get(alertId))?.events.map(({ eventId }) => eventId) ?? []

describe('an attack that is stored', () => {
  test('raises one alert for the account and one for the address, shown live, with all their events', async () => {
    const shown: Alert[] = []
    signals.on('alert', (alert) => shown.push(alert))
    const watcher = watch()
    const events = burst(7, 0, { ipAddress: '2001:db8::1' })
    await store(events)
    await waitFor(() => shown.length === 2, { what: 'two alerts' })
    const alerts = await watcher.list(10)
    expect(alerts.map(({ ruleId, entity, summary }) => [ruleId, entity, summary])).toEqual(
      expect.arrayContaining([
        ['brute_force_account', 'alice', '7 failed logins for alice within 6 s, more than 5 in 60 s, from 1 address'],
        [
          'brute_force_address',
          '2001:db8::1',
          '7 failed logins from 2001:db8::1 within 6 s, more than 5 in 60 s, against 1 user',
        ],
      ]),
    )
    for (const { alertId } of alerts) {
      expect(await idsOf(watcher, alertId)).toEqual(events.map(({ eventId }) => eventId))
    }
    // Told again once they are closed, which is soon: the attack was long ago.
    expect(new Set(shown.map(({ alertId }) => alertId))).toEqual(new Set(alerts.map(({ alertId }) => alertId)))
    expect(watcher.raised()).toBe(2)
  })

  test('grows the alert that is there', async () => {
    const watcher = watch()
    for (let second = 0; second < 10; second++) await store(burst(1, second, { ipAddress: null }))
    await caughtUp()
    expect(await watcher.list(10)).toMatchObject([{ eventCount: 10, value: 10, state: 'new' }])
    expect(watcher.raised()).toBe(1)
  })

  test('is noticed without a signal too, when another engine stored it', async () => {
    const watcher = watch()
    await database.transaction((tx) => writeEvents(tx, burst(6, 0, { ipAddress: null })))
    await waitFor(async () => (await watcher.list(10)).length === 1, { what: 'the alert' })
  })

  test('that ended is closed when nothing more comes, by the clock of the store', async () => {
    const watcher = watch()
    const ended = (Date.now() - 600_000 - at(0)) / 1000
    await store(burst(6, ended, { ipAddress: null }))
    const closed = await waitFor(async () => (await watcher.list(10)).find(({ closedAt }) => closedAt !== null), {
      what: 'the alert to be closed',
    })
    expect(closed.closedAt?.getTime()).toBe(closed.windowEnd.getTime() + 300_000)
  })
})

describe('a watcher that starts again', () => {
  test('goes on with an episode that began long before, under the same name', async () => {
    const first = watch()
    // Half an hour, far beyond what windows reach.
    const events = Array.from({ length: 400 }, (_, index) => failure(index * 5, { ipAddress: null }))
    await store(events.slice(0, 390))
    await caughtUp()
    await first.stop()
    const [before] = await first.list(10)
    const second = watch()
    await store(events.slice(390))
    await caughtUp()
    const [after, ...others] = await second.list(10)
    expect(others).toEqual([])
    expect(after).toMatchObject({ alertId: before?.alertId, eventCount: 400, windowStart: new Date(at(0)) })
    expect(await idsOf(second, after!.alertId)).toEqual(events.map(({ eventId }) => eventId))
    expect(second.raised()).toBe(0)
  })

  test.each([1, 2, 3])('says what one that never stopped says (seed %i)', async (seed) => {
    const random = seeded(seed)
    const events = Array.from({ length: 600 }, (_, index) =>
      failure(index * 3 + Math.floor(random() * 40), {
        userId: ['alice', 'bob', 'carol'][Math.floor(random() * 3)] ?? null,
        ipAddress: ['203.0.113.7', '198.51.100.9'][Math.floor(random() * 2)] ?? null,
      }),
    )
    let watcher = watch()
    for (let from = 0; from < events.length;) {
      const size = 1 + Math.floor(random() * 80)
      await store(events.slice(from, from + size))
      from += size
      if (random() < 0.4) {
        await watcher.stop()
        watcher = watch()
      }
    }
    await caughtUp()
    const expected = new Ledger()
    expected.apply(createEngineOfRules(rules, { latenessMs: 60_000 }).push(events))
    // The last ones may be closed by the clock meanwhile, which a back-test has not.
    const open = (finding: object) => ({ ...finding, closedAt: null })
    const byId = (a: { alertId: string }, b: { alertId: string }) => (a.alertId < b.alertId ? -1 : 1)
    expect(
      findings(await watcher.list(1000))
        .toSorted(byId)
        .map(open),
    ).toEqual(
      [...expected.alerts.values()]
        .map(({ alert }) => alert)
        .toSorted(byId)
        .map(open),
    )
    for (const [alertId, { events: ids }] of expected.alerts) {
      expect(new Set(await idsOf(watcher, alertId as AlertId))).toEqual(ids)
    }
  })

  // PostgreSQL of the tests has the locale C, to which letters beyond ASCII have no case.
  test.each(['Report_Export', 'BERICHT_ÄNDERUNG'])('reads again types of any spelling (%s)', async (type) => {
    const folder = await createTempDir()
    const rule = ruleText('group-by: [user_id]\ntimespan: 2h\ncondition: {gte: 3}').replace(
      'event_type: failed_login',
      `event_type: ${type.toLowerCase()}`,
    )
    await writeFile(path.join(folder.path, 'mine.yml'), rule)
    const exports = burst(3, 0, { kind: 'log', type, ipAddress: null })
    const first = watch({ rulesDir: folder.path })
    await store(exports.slice(0, 2))
    await caughtUp()
    await first.stop()
    const second = watch({ rulesDir: folder.path })
    await store(exports.slice(2))
    await caughtUp()
    const [alert] = await second.list(10)
    expect(alert).toMatchObject({ ruleId: 'test', eventCount: 3 })
  })

  test('writes nothing when there is nothing new', async () => {
    const first = watch()
    await store(burst(20))
    await waitFor(async () => (await first.list(10)).filter(({ closedAt }) => closedAt !== null).length === 2, {
      what: 'both alerts to be closed',
    })
    await first.stop()
    const versions = () =>
      database.query(`SELECT alert_id, '' AS event_id, xmin::text FROM alerts
        UNION ALL SELECT alert_id, event_id, xmin::text FROM alert_events ORDER BY alert_id, event_id`)
    const before = await versions()
    expect(before).toHaveLength(42)
    const second = watch()
    // Another account, whose alert is closed in the same turn as the old ones are looked at.
    await store(burst(6, 21, { userId: 'bob', ipAddress: null }))
    await waitFor(async () => (await second.list(10)).find(({ entity, closedAt }) => entity === 'bob' && closedAt), {
      what: 'the other alert to be closed',
    })
    await second.stop()
    await database.query(`DELETE FROM alerts WHERE entity = 'bob'`)
    expect(await versions()).toEqual(before)
    expect(second.raised()).toBe(1)
  })

  test('closes an alert whose rule is gone', async () => {
    const folder = await createTempDir()
    const file = path.join(folder.path, 'mine.yml')
    const text = ruleText('group-by: [user_agent]\ntimespan: 2h\ncondition: {gte: 2}')
    await writeFile(file, text)
    const first = watch({ rulesDir: folder.path })
    const recently = (Date.now() - at(0)) / 1000 - 5
    await store(burst(2, recently, { userAgent: 'curl', ipAddress: null }))
    await caughtUp()
    expect(await first.list(10)).toMatchObject([{ ruleId: 'test', closedAt: null }])
    await first.stop()
    await writeFile(file, 'title: broken')
    const second = watch({ rulesDir: folder.path })
    await waitFor(async () => (await second.list(10))[0]?.closedAt, { what: 'the alert to be closed' })
    expect(second.rules().refused).toEqual([{ file: 'mine.yml', message: expect.stringMatching(/^mine\.yml:1: /) }])
    expect(problems.list()).toMatchObject([{ area: 'watch', examples: ['mine.yml'] }])
  })
})

describe('whatever fails', () => {
  test('a commit whose answer is lost neither loses nor doubles an event', async () => {
    let moves = 0
    const feed = createFeed(database, 'watch', { from: 'beginning' })
    const placeOf = async () => (await feed.position())?.tx
    const flaky: Database = {
      query: (...input) => database.query(...input),
      ready: (signal) => database.ready(signal),
      state: () => database.state(),
      onState: (listener) => database.onState(listener),
      close: () => Promise.resolve(),
      async transaction(work) {
        const before = await placeOf()
        const result = await database.transaction(work)
        // Of what moved the place in the feed every second: a start has transactions of its own, and needs them all.
        if ((await placeOf()) !== before && moves++ % 2 === 1) throw new Error('the answer to COMMIT was lost')
        return result
      },
    }
    const watcher = watch({ database: flaky })
    const events = burst(12, 0, { ipAddress: null })
    for (const event of events) {
      await store([event])
      await caughtUp()
    }
    await waitFor(async () => (await watcher.list(10))[0]?.eventCount === 12, { what: 'all events' })
    const alerts = await watcher.list(10)
    expect(alerts).toHaveLength(1)
    expect(await idsOf(watcher, alerts[0]!.alertId)).toEqual(events.map(({ eventId }) => eventId))
    expect(problems.list()).toMatchObject([{ area: 'watch', examples: ['the answer to COMMIT was lost'] }])
  })

  test('a transaction that fails is done again from the store', async () => {
    let failures = 0
    const failing: Database = {
      query: (...input) => database.query(...input),
      ready: (signal) => database.ready(signal),
      state: () => database.state(),
      onState: (listener) => database.onState(listener),
      close: () => Promise.resolve(),
      transaction: (work) =>
        database.transaction(async (tx, opened) => {
          const result = await work(tx, opened)
          if (failures++ < 2) throw new Error('no space left')
          return result
        }),
    }
    const watcher = watch({ database: failing })
    const events = burst(6, 0, { ipAddress: null })
    await store(events)
    await waitFor(async () => (await watcher.list(10)).length === 1, { what: 'the alert' })
    const [alert] = await watcher.list(10)
    expect(await idsOf(watcher, alert!.alertId)).toEqual(events.map(({ eventId }) => eventId))
    expect(watcher.raised()).toBe(1)
  })
})

describe('a late event', () => {
  test('that shows an earlier beginning hands over what people have said', async () => {
    const watcher = watch()
    await store(burst(6, 10, { ipAddress: null }))
    const [before] = await waitFor(async () => ((await watcher.list(10)).length === 1 ? watcher.list(10) : null), {
      what: 'the alert',
    })
    await database.query(`UPDATE alerts SET state = 'acknowledged', owner = 'carol'`)
    await database.query(
      `INSERT INTO alert_triage (alert_id, actor, action, comment) VALUES ($1, 'carol', 'comment', 'mine')`,
      [before!.alertId],
    )
    await store(burst(1, 5, { ipAddress: null }))
    await waitFor(async () => (await watcher.list(10))[0]?.eventCount === 7, { what: 'the seventh event' })
    const [after, ...others] = await watcher.list(10)
    expect(others).toEqual([])
    expect(after?.alertId).not.toBe(before?.alertId)
    expect(after).toMatchObject({ state: 'acknowledged', owner: 'carol', windowStart: new Date(at(5)) })
    expect(await database.query('SELECT alert_id FROM alert_triage')).toEqual([{ alert_id: after?.alertId }])
  })
})

test('an event from the future is shown as a problem, and holds nothing up', async () => {
  const watcher = watch()
  const now = (Date.now() - at(0)) / 1000
  await store(burst(1, now + 86_400))
  await store(burst(6, now - 10, { ipAddress: null }))
  await waitFor(async () => (await watcher.list(10)).length === 1, { what: 'the alert' })
  expect((await watcher.list(10))[0]?.closedAt).toBeNull()
  expect(problems.list()).toMatchObject([{ area: 'watch', reason: expect.stringContaining('future'), count: 1 }])
})

test('an alert that is not there is null', async () => {
  expect(await watch().get('none' as AlertId)).toBeNull()
})

test('an entity with any text in it is stored as it is', async () => {
  const watcher = watch()
  const userId = `${'x'.repeat(119)}🦊<script>'";--\n`
  await store(
    burst(6, 0, { userId, ipAddress: null, eventId: undefined as unknown as EventId }).map((event, index) => ({
      ...event,
      eventId: `odd ' " ${index}` as EventId,
    })),
  )
  const [alert] = await waitFor(async () => ((await watcher.list(10)).length === 1 ? watcher.list(10) : null), {
    what: 'the alert',
  })
  expect(alert?.entity).toBe(userId)
  expect(alert?.summary.isWellFormed()).toBe(true)
})
