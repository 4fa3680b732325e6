/** What people do with alerts, over whole engines on one store. */
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import type { AlertChange } from '../../src/main/engine/watch/alert-change.ts'
import { listAlerts } from '../../src/main/engine/watch/alert-list.ts'
import { pageOf, type AlertPage } from '../../src/main/engine/watch/alert-page.ts'
import { writeAlerts } from '../../src/main/engine/watch/alert-store.ts'
import { tallyOf } from '../../src/main/engine/watch/alert-tally.ts'
import { AlertListInput } from '../../src/shared/contract/alerts.ts'
import { GatehouseError } from '../../src/shared/errors.ts'
import type { Alert } from '../../src/shared/model/alert.ts'
import { AlertId, SuppressionId } from '../../src/shared/model/ids.ts'
import { startEngine, statusOf, type TestEngine } from '../helpers/engine.ts'
import { createTestDatabase, startPostgres } from '../helpers/postgres.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { startReceiver } from '../helpers/webhook-receiver.ts'

let database: Database
let store: Client
let redisUrl: string
let carol: TestEngine
let bob: TestEngine
let reader: TestEngine

beforeAll(async () => {
  const postgres = await startPostgres()
  const [redis, own] = await Promise.all([startRedis(), createTestDatabase({ server: postgres.url })])
  redisUrl = redis.url
  const settings = { redis: { url: redis.url }, postgres: { url: own.url } }
  carol = await startEngine({ ...settings, actor: 'carol' })
  bob = await startEngine({ ...settings, actor: 'bob', workspace: { role: 'view' } })
  reader = await startEngine({ ...settings, actor: 'rita', workspace: { role: 'view', readOnly: true } })
  store = new Client({ connectionString: own.url })
  await store.connect()
  database = openDatabase({ url: settings.postgres.url, maxConnections: 2 }, pino({ level: 'silent' }))
  await database.ready()
  await waitFor(async () => (await statusOf(carol.client)).leadership.leads, { what: 'the lead' })
}, 60_000)
afterAll(async () => {
  await store.end()
  await database.close()
})
beforeEach(async () => {
  await store.query('TRUNCATE alerts, alert_events, alert_triage, alert_notices')
})

let serial = 0

/** An alert as the watcher writes it, and its events as they are stored. */
async function stored(
  facts: Partial<Record<keyof Alert, unknown>> = {},
  users: readonly string[] = [],
): Promise<AlertId> {
  const alertId = AlertId.parse(`alert-${++serial}`)
  const end = (facts.windowEnd as Date | undefined) ?? new Date(Date.now() - 60_000 + serial)
  await store.query(
    `INSERT INTO alerts (alert_id, rule_id, rule_version, title, severity, entity_kind, entity, window_start, window_end, value,
       threshold, timespan_ms, event_count, summary, state, verdict, owner)
     VALUES ($1, $2, '1', 'Title', $3, 'user', $4, $5, $6, 6, 5, 60000, $7, 'why', $8, $9, $10)`,
    [
      alertId,
      facts.ruleId ?? 'brute_force_account',
      facts.severity ?? 'medium',
      facts.entity ?? 'alice',
      new Date(end.getTime() - 5_000),
      end,
      users.length,
      facts.state ?? 'new',
      facts.verdict ?? null,
      facts.owner ?? null,
    ],
  )
  for (const [n, userId] of users.entries()) {
    const at = new Date(end.getTime() - (users.length - 1 - n) * 500)
    const eventId = `${alertId}-${n}`
    await store.query(
      `INSERT INTO audit_sessions (event_id, user_id, event_type, ip_address, user_agent, created_at, source)
       VALUES ($1, $2, 'failed_login', '203.0.113.7', 'curl/8', $3, 'queue')`,
      [eventId, userId, at],
    )
    await store.query('INSERT INTO alert_events (alert_id, event_id, created_at) VALUES ($1, $2, $3)', [
      alertId,
      eventId,
      at,
    ])
  }
  return alertId
}

/** What the engine itself refuses with; the call must fail. */
const failureOf = async (call: Promise<unknown>): Promise<GatehouseError> => {
  const failure: unknown = await call.then(
    () => new Error('the call succeeded'),
    (error: unknown) => error,
  )
  if (failure instanceof GatehouseError) return failure
  throw failure
}
const seen = async ({ client }: TestEngine, alertId: AlertId) => {
  const { alert } = await client.alerts.get({ alertId })
  return { alertId, revision: alert.revision }
}
const acts = async (action: string) =>
  (await carol.client.revocations.actions({ limit: 1_000 })).filter((act) => act.action === action)

describe('triage', () => {
  test('is a history: who did what, when, from which state to which', async () => {
    const alertId = await stored()
    await carol.client.alerts.triage({ alerts: [await seen(carol, alertId)], act: { action: 'acknowledge' } })
    await bob.client.alerts.triage({
      alerts: [await seen(bob, alertId)],
      act: { action: 'assign', owner: 'dora', comment: 'she knows the account' },
    })
    const { changed, refused } = await bob.client.alerts.triage({
      alerts: [await seen(bob, alertId)],
      act: { action: 'close', verdict: 'benign', comment: 'a drill <script>' },
    })
    expect(refused).toEqual([])
    expect(changed).toMatchObject([{ alertId, state: 'closed', verdict: 'benign', owner: 'dora', revision: 3 }])
    const { history } = await carol.client.alerts.get({ alertId })
    expect(
      history.map(({ actor, action, fromState, toState, comment }) => [actor, action, fromState, toState, comment]),
    ).toEqual([
      ['carol', 'acknowledge', 'new', 'acknowledged', null],
      ['bob', 'assign', 'acknowledged', 'acknowledged', 'she knows the account'],
      ['bob', 'close', 'acknowledged', 'closed', 'a drill <script>'],
    ])
    const [act] = await acts('alert_close')
    expect(act).toMatchObject({
      adminId: 'bob',
      targetUser: 'alice',
      reason: 'a drill <script>',
      details: { alerts: [alertId], verdict: 'benign' },
    })
  })

  test('leaves alone what somebody else changed meanwhile, and says who did what', async () => {
    const [one, other] = [await stored(), await stored({ entity: 'bert' })]
    const old = [await seen(carol, one), await seen(carol, other)]
    await bob.client.alerts.triage({
      alerts: [await seen(bob, one)],
      act: { action: 'close', verdict: 'false', comment: 'a typo' },
    })
    const gone = { alertId: AlertId.parse('never-there'), revision: 0 }
    const { changed, refused } = await carol.client.alerts.triage({
      alerts: [...old, gone],
      act: { action: 'acknowledge' },
    })
    expect(changed.map(({ alertId }) => alertId)).toEqual([other])
    expect(refused).toEqual([
      { alertId: one, reason: 'changed', message: expect.stringMatching(/^bob closed it as false at 20/) as string },
      { alertId: gone.alertId, reason: 'gone', message: expect.stringContaining('not in the store') as string },
    ])
    expect((await carol.client.alerts.get({ alertId: one })).alert).toMatchObject({ state: 'closed', verdict: 'false' })
  })

  test('of two at the same moment is done once', async () => {
    const alertId = await stored()
    const alerts = [await seen(carol, alertId)]
    const outcomes = await Promise.all(
      [carol, bob, carol, bob].map(({ client }) => client.alerts.triage({ alerts, act: { action: 'acknowledge' } })),
    )
    expect(outcomes.flatMap(({ changed }) => changed)).toHaveLength(1)
    expect((await carol.client.alerts.get({ alertId })).history).toHaveLength(1)
  })

  test('is refused where the workspace is read-only', async () => {
    const alerts = [await seen(reader, await stored())]
    const failure = await failureOf(reader.client.alerts.triage({ alerts, act: { action: 'acknowledge' } }))
    expect(failure.code).toBe('FORBIDDEN')
  })

  test('shows on the other consoles', async () => {
    const alertId = await stored()
    const before = (await statusOf(bob.client)).revisions.alerts
    await carol.client.alerts.triage({ alerts: [await seen(carol, alertId)], act: { action: 'acknowledge' } })
    await waitFor(async () => (await statusOf(bob.client)).revisions.alerts > before, {
      what: 'the word',
      timeoutMs: 20_000,
    })
  })
})

describe('the list', () => {
  test('is filtered, counted and paged, and says the same from the cache', async () => {
    const hour = 3_600_000
    const now = Date.now()
    const states = ['new', 'acknowledged', 'closed'] as const
    for (let n = 0; n < 30; n++) {
      const state = states[n % 3]!
      await stored({
        state,
        verdict: state === 'closed' ? (n % 2 === 0 ? 'true' : 'false') : null,
        severity: n % 5 === 0 ? 'high' : 'low',
        ruleId: n % 4 === 0 ? 'spray' : 'brute_force_account',
        entity: n === 7 ? "100%_o'Hara" : `User-${n}`,
        owner: n % 3 === 1 ? 'bob' : null,
        // Pairs of the same time: the id decides.
        windowEnd: new Date(now - Math.floor(n / 2) * hour),
      })
    }
    const questions = [
      {},
      { states: ['new' as const] },
      { states: ['closed' as const], verdicts: ['true' as const] },
      { severities: ['high' as const, 'critical' as const], rules: ['spray'] },
      { entity: 'user-1' },
      { entity: '%_O' },
      { owner: 'bob' },
      { owner: '' },
      { from: new Date(now - 5 * hour), to: new Date(now - 2 * hour) },
      { states: ['new' as const], entity: 'user', owner: '', severities: ['low' as const] },
    ]
    const all = (await listAlerts(database, AlertListInput.parse({ limit: 1_000 }))).rows
    const pagesOf = async (
      question: (typeof questions)[number],
      read: (input: AlertListInput) => Promise<AlertPage>,
    ) => {
      const pages: string[][] = []
      for (let cursor: string | null = null; ;) {
        const page: AlertPage = await read(AlertListInput.parse({ ...question, limit: 4, cursor }))
        pages.push(page.rows.map(({ alertId }) => alertId))
        if (page.nextCursor === null) return { pages, totals: page.totals }
        cursor = page.nextCursor
      }
    }
    const fromStore = []
    const fromCache = []
    for (const question of questions) {
      fromStore.push(await pagesOf(question, (input) => listAlerts(database, input)))
      fromCache.push(await pagesOf(question, async (input) => pageOf(all.toReversed(), input)))
    }
    expect(fromCache).toEqual(fromStore)
    expect(fromStore[0]?.pages.flat()).toHaveLength(30)
    expect(fromStore[0]?.totals).toEqual({
      matching: 30,
      byState: { new: 10, acknowledged: 10, closed: 10 },
      byVerdict: { true: 5, benign: 0, false: 5 },
      bySeverity: { info: 0, low: 24, medium: 0, high: 6, critical: 0 },
    })
    // Each is counted by all of the filter but its own part.
    expect(fromStore[1]?.totals).toMatchObject({ matching: 10, byState: { new: 10, acknowledged: 10, closed: 10 } })
    expect(fromStore[5]?.pages.flat()).toHaveLength(1)
    expect(fromStore.every(({ pages, totals }) => pages.flat().length === totals.matching)).toBe(true)
  })

  test('takes times as text, too, as they come over HTTP', async () => {
    await stored()
    const from = new Date(Date.now() - 3_600_000).toISOString()
    expect((await carol.client.alerts.list({ from })).rows).toHaveLength(1)
    expect((await carol.client.alerts.list({ to: from })).rows).toHaveLength(0)
    await expect(carol.client.alerts.list({ from: 'yesterday' })).rejects.toThrow('validation')
  })
})

test('alerts are counted by rule, those of a day and those of 30 days, and the same from the cache', async () => {
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000)
  for (const hours of [1, 23, 25, 29 * 24, 31 * 24]) await stored({ windowEnd: ago(hours), ruleId: 'often' })
  await stored({ windowEnd: ago(31 * 24), ruleId: 'long_ago' })
  const tally = await carol.client.alerts.tally()
  expect(tally).toEqual([{ ruleId: 'often', lastDay: 2, lastMonth: 4, lastAt: expect.any(Date) }])
  const { rows } = await listAlerts(database, AlertListInput.parse({}))
  expect(tallyOf(rows, Date.now())).toEqual(tally)
})

describe('an alert that was closed', () => {
  const finding = (alert: Alert, severity: Alert['severity']): AlertChange => {
    const { state: _s, verdict: _v, owner: _o, revision: _r, createdAt: _c, ...ruled } = alert
    return { kind: 'raised', alert: { ...ruled, severity }, newEvents: [], lostEvents: [] }
  }

  test('and rises to a higher severity is opened again, and says why', async () => {
    const alertId = await stored()
    await carol.client.alerts.triage({
      alerts: [await seen(carol, alertId)],
      act: { action: 'close', verdict: 'false', comment: 'a typo' },
    })
    const { alert } = await carol.client.alerts.get({ alertId })
    await database.transaction((tx) => writeAlerts(tx, [finding(alert, 'medium')]))
    expect((await carol.client.alerts.get({ alertId })).alert.state).toBe('closed')
    await database.transaction((tx) => writeAlerts(tx, [finding(alert, 'high')]))
    const { alert: risen, history } = await carol.client.alerts.get({ alertId })
    expect(risen).toMatchObject({ state: 'new', verdict: null, owner: 'carol', severity: 'high', revision: 2 })
    expect(history.at(-1)).toMatchObject({ actor: 'gatehouse', action: 'reopen', fromState: 'closed', toState: 'new' })
  })

  test('hands over what was said, and who was told, to the one that takes its place', async () => {
    const [gone, heir] = [await stored({ severity: 'high' }), await stored({ severity: 'high' })]
    await carol.client.alerts.triage({
      alerts: [await seen(carol, gone)],
      act: { action: 'close', verdict: 'true', comment: 'an attack' },
    })
    await store.query(`INSERT INTO alert_notices (alert_id, channel, severity) VALUES ($1, 'webhook', 'high')`, [gone])
    await database.transaction((tx) => writeAlerts(tx, [{ kind: 'withdrawn', alertId: gone, replacedBy: heir }]))
    const { alert, history } = await carol.client.alerts.get({ alertId: heir })
    expect(alert).toMatchObject({ state: 'closed', verdict: 'true', owner: 'carol' })
    expect(history.map(({ comment }) => comment)).toEqual(['an attack'])
    const { rows } = await store.query('SELECT alert_id, channel, severity FROM alert_notices')
    expect(rows).toEqual([{ alert_id: heir, channel: 'webhook', severity: 'high' }])
  })
})

describe('suppressions', () => {
  const tomorrow = () => new Date(Date.now() + 86_400_000)
  const push = (events: readonly object[]) =>
    redisCli(redisUrl, ['RPUSH', 'audit:queue', ...events.map((event) => JSON.stringify(event))])
  const failures = (userId: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({
      event_type: 'failed_login',
      event_id: `${userId}-${++serial}`,
      user_id: userId,
      created_at: new Date(Date.now() + n).toISOString(),
    }))
  const alertsAbout = async (entity: string) => (await carol.client.alerts.list({ entity })).rows

  test('hold from their creation to their end, for events of their kind alone', async () => {
    const before = (await statusOf(carol.client)).counters.suppressedEvents
    const { suppressionId, state } = await bob.client.suppressions.create({
      kind: 'user',
      pattern: 'drill-user',
      ruleId: null,
      reason: 'a drill of the red team',
      expiresAt: tomorrow(),
    })
    expect(state).toBe('active')
    await push([...failures('drill-user', 8), ...failures('other-user', 8)])
    await waitFor(async () => (await alertsAbout('other-user')).length === 1, { what: 'the alert of the other' })
    await waitFor(async () => (await statusOf(carol.client)).counters.suppressedEvents >= before + 8, {
      what: 'the count of what was left out',
    })
    expect(await alertsAbout('drill-user')).toEqual([])
    const ended = await bob.client.suppressions.end({ suppressionId, reason: 'the drill is over' })
    expect(ended).toMatchObject({ state: 'ended', endedBy: 'bob', endReason: 'the drill is over' })
    await push(failures('drill-user', 8))
    await waitFor(async () => (await alertsAbout('drill-user')).length === 1, { what: 'the alert after the end' })
    expect((await alertsAbout('drill-user'))[0]).toMatchObject({ eventCount: 8 })
    expect(await failureOf(bob.client.suppressions.end({ suppressionId, reason: 'once more' }))).toMatchObject({
      code: 'NOT_FOUND',
    })
    expect((await acts('suppression_create'))[0]).toMatchObject({
      adminId: 'bob',
      targetUser: 'drill-user',
      outcome: 'done',
    })
    expect((await acts('suppression_end'))[0]).toMatchObject({ adminId: 'bob', reason: 'the drill is over' })
  })

  test('say what they would have hidden, and what they would have made smaller', async () => {
    await stored({ entity: 'mia' }, Array<string>(7).fill('mia'))
    // By the address: without mia's four events the other four are too few.
    await stored({ ruleId: 'brute_force_address', entity: '203.0.113.7' }, [
      'mia',
      'a',
      'mia',
      'b',
      'mia',
      'c',
      'mia',
      'd',
    ])
    // ... and here they are enough.
    await stored({ ruleId: 'brute_force_address', entity: '203.0.113.7' }, ['mia', ...Array<string>(8).fill('zoe')])
    await stored({ entity: 'zoe' }, Array<string>(7).fill('zoe'))
    await stored({ entity: 'mia', windowEnd: new Date(Date.now() - 31 * 86_400_000) }, Array<string>(7).fill('mia'))
    const draft = { kind: 'user' as const, pattern: 'mia', ruleId: null }
    const preview = await carol.client.suppressions.preview(draft)
    expect(preview).toMatchObject({
      hiddenAlerts: 2,
      reducedAlerts: 1,
      suppressedEvents: 12,
      hiddenTrue: 0,
      isPartial: false,
    })
    expect(preview.rules).toEqual([
      { ruleId: 'brute_force_account', title: 'Title', hiddenAlerts: 1, reducedAlerts: 0, suppressedEvents: 7 },
      { ruleId: 'brute_force_address', title: 'Title', hiddenAlerts: 1, reducedAlerts: 1, suppressedEvents: 5 },
    ])
    const ofOne = await carol.client.suppressions.preview({ ...draft, ruleId: 'brute_force_account' })
    expect(ofOne).toMatchObject({ hiddenAlerts: 1, reducedAlerts: 0 })
    const byAgent = await carol.client.suppressions.preview({ kind: 'agent', pattern: 'CURL*', ruleId: null })
    expect(byAgent).toMatchObject({ hiddenAlerts: 4, reducedAlerts: 0 })
    expect((await carol.client.suppressions.list({})).rows.map(({ pattern }) => pattern)).not.toContain('mia')
  })

  test('that would have hidden what was closed as true need a reason of their own, and both are on record', async () => {
    await stored({ entity: 'eve', state: 'closed', verdict: 'true' }, Array<string>(7).fill('eve'))
    const input = {
      kind: 'user' as const,
      pattern: 'eve',
      ruleId: 'brute_force_account',
      reason: 'too loud',
      expiresAt: tomorrow(),
    }
    const failure = await failureOf(carol.client.suppressions.create(input))
    expect(failure).toMatchObject({ code: 'REASON_REQUIRED', details: { hiddenTrue: 1 } })
    expect((await acts('suppression_create'))[0]).toMatchObject({ outcome: 'refused', reason: 'too loud' })
    const forcedReason = 'the account is closed for good'
    const made = await carol.client.suppressions.create({ ...input, forcedReason })
    expect(made).toMatchObject({ forcedReason, ruleId: 'brute_force_account' })
    expect((await acts('suppression_create'))[0]).toMatchObject({ outcome: 'forced', details: { forcedReason } })
  })

  test.each([
    ['an expiry in the past', { expiresAt: new Date(Date.now() - 1_000) }, 'INVALID_INPUT'],
    ['an expiry in two years', { expiresAt: new Date(Date.now() + 730 * 86_400_000) }, 'INVALID_INPUT'],
    ['everything', { kind: 'agent' as const, pattern: '*' }, 'INVALID_INPUT'],
  ])('are refused with %s', async (_what, wrong, code) => {
    const input = { kind: 'user' as const, pattern: 'x', ruleId: null, reason: 'a reason', expiresAt: tomorrow() }
    expect((await failureOf(carol.client.suppressions.create({ ...input, ...wrong }))).code).toBe(code)
  })

  test('need a workspace that may act', async () => {
    const input = { kind: 'user' as const, pattern: 'x', ruleId: null, reason: 'a reason', expiresAt: tomorrow() }
    expect((await failureOf(reader.client.suppressions.create(input))).code).toBe('FORBIDDEN')
    const suppressionId = SuppressionId.parse('0d3f5a63-8d5b-4c9c-9b53-6f1b1d6f4d2e')
    expect((await failureOf(reader.client.suppressions.end({ suppressionId, reason: 'a reason' }))).code).toBe(
      'FORBIDDEN',
    )
    expect(await reader.client.suppressions.preview({ kind: 'user', pattern: 'x', ruleId: null })).toMatchObject({
      hiddenAlerts: 0,
    })
  })
})

test('without PostgreSQL acts are refused with the reason, and what there was can be read', async () => {
  const offline = await startEngine(
    { redis: { url: redisUrl }, postgres: { url: 'postgres://127.0.0.1:1/none' } },
    { connected: false },
  )
  expect((await offline.client.alerts.list({})).origin.store).toBe('cache')
  expect((await offline.client.suppressions.list({})).origin.store).toBe('cache')
  const alerts = [{ alertId: AlertId.parse('any'), revision: 0 }]
  const failure = await failureOf(offline.client.alerts.triage({ alerts, act: { action: 'acknowledge' } }))
  expect(failure.code).toBe('POSTGRES_UNAVAILABLE')
})

test('where alerts are told can be set while it runs: what came is not told, what comes is', async () => {
  const receiver = await startReceiver()
  const redis = await startRedis()
  const settings = { redis: { url: redis.url }, postgres: { url: (await createTestDatabase()).url } }
  const engine = await startEngine({ ...settings, notify: { minSeverity: 'low' } }, { secretKey: new Uint8Array(32) })
  const refused = await failureOf(
    engine.client.notifications.configure({ webhook: { url: 'http://hooks.example.org/x' } }),
  )
  expect(refused.code).toBe('INVALID_INPUT')
  expect(refused.message).toContain('notify.webhook.url')
  await engine.client.notifications.configure({ webhook: { url: receiver.url } })
  expect(await engine.client.notifications.test({ channel: 'webhook' })).toMatchObject({ ok: true })
  await waitFor(async () => (await statusOf(engine.client)).leadership.leads, { what: 'the lead', timeoutMs: 20_000 })
  await engine.client.notifications.status()
  const failures = Array.from({ length: 8 }, (_, n) =>
    JSON.stringify({
      event_type: 'failed_login',
      event_id: `told-${n}`,
      user_id: 'told',
      created_at: new Date().toISOString(),
    }),
  )
  await redisCli(redis.url, ['RPUSH', 'audit:queue', ...failures])
  await waitFor(() => receiver.posts.some(({ body }) => body.includes('user told')), {
    what: 'the alert',
    timeoutMs: 20_000,
  })
  const webhook = async () =>
    (await engine.client.notifications.status()).channels.find(({ channel }) => channel === 'webhook')
  await waitFor(async () => (await webhook())?.sent === 1, { what: 'the mark' })
  expect(await webhook()).toMatchObject({ state: 'ok', waitingAlerts: 0 })
  const [alert] = (await engine.client.alerts.list({ entity: 'told' })).rows
  const { deliveries } = await engine.client.alerts.get({ alertId: alert!.alertId })
  expect(deliveries).toMatchObject([{ channel: 'webhook', state: 'sent', attempts: 1 }])
}, 60_000)
