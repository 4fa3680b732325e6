/** Alerts that are told by real receivers: an HTTP server that checks signatures, and a mail server. */
import { createHmac, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { ConfigSchema, type ConfigInput } from '../../src/main/engine/config-schema.ts'
import { createNotifications, type Notifications } from '../../src/main/engine/notify/notifications.ts'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { Problems } from '../../src/main/engine/problems.ts'
import { createSignals, type SignalBus } from '../../src/main/engine/signals.ts'
import type { Alert } from '../../src/shared/model/alert.ts'
import type { DesktopNotice } from '../../src/shared/model/notification.ts'
import { createCertificate, type Certificate } from '../helpers/certificate.ts'
import { startMailServer } from '../helpers/mail-server.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { waitFor } from '../helpers/wait.ts'
import { startReceiver, type ReceivedPost } from '../helpers/webhook-receiver.ts'

const log = pino({ level: 'silent' })
const secret = 'a secret that both of us know'
let database: Database
let signals: SignalBus
let problems: Problems
const running: Notifications[] = []

beforeAll(async () => {
  const { url } = await createTestDatabase()
  database = openDatabase(ConfigSchema.parse({ postgres: { url } }).postgres, log)
  await database.ready()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.query('TRUNCATE alerts, alert_events, alert_triage, alert_notices, notifications')
  await database.query(`DELETE FROM gatehouse_settings WHERE key LIKE 'notify:%'`)
  signals = createSignals()
  problems = new Problems()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((notifications) => notifications.stop()))
})

function notifying(
  notify: NonNullable<ConfigInput['notify']>,
  more: ConfigInput = {},
  led: Database = database,
): Notifications {
  const config = ConfigSchema.parse({ actor: 'carol', notify: { groupMs: 0, ...notify }, ...more })
  const notifications = createNotifications({ database, led, config, signals, problems, log })
  running.push(notifications)
  return notifications
}

/** Begins, and waits until it has looked once: what was raised before a channel was there is not told. */
async function started(notifications: Notifications): Promise<Notifications> {
  await notifications.status()
  notifications.start()
  return notifications
}

async function raise(facts: Partial<Alert> = {}): Promise<string> {
  const alertId = facts.alertId ?? randomUUID()
  const entity = facts.entity ?? 'alice'
  await database.query(
    `INSERT INTO alerts (alert_id, rule_id, rule_version, title, severity, entity_kind, entity, window_start, window_end, value,
       threshold, timespan_ms, event_count, summary)
     VALUES ($1, $2, '1', $3, $4, $5, $6, $7, $7, 6, 5, 60000, 6, $8)`,
    [
      alertId,
      facts.ruleId ?? 'brute_force_account',
      facts.title ?? 'Brute force against an account',
      facts.severity ?? 'high',
      facts.entityKind ?? 'user',
      entity,
      (facts.windowEnd ?? new Date()).toISOString(),
      facts.summary ?? `6 failed logins for ${entity} within 5 s`,
    ],
  )
  signals.emit('alert', { ...facts, alertId } as Alert)
  return alertId
}

const statusOf = async (notifications: Notifications, channel: 'webhook' | 'email') =>
  (await notifications.status()).channels.find((one) => one.channel === channel)

const textsOf = (post: ReceivedPost | undefined) => JSON.stringify(JSON.parse(post?.body ?? '{}'))

describe('a webhook', () => {
  test('gets an alert at once, signed, without its own address in anything that is shown', async () => {
    const receiver = await startReceiver()
    const notifications = await started(notifying({ webhook: { url: receiver.url, secret } }))
    await raise()
    await waitFor(() => receiver.posts.length === 1, { what: 'the message' })
    const [{ headers, body, url } = { headers: {}, body: '', url: '' }] = receiver.posts
    expect(url).toBe('/hook/secret-path')
    expect(JSON.parse(body)).toMatchObject({
      text: 'high: Brute force against an account, user alice',
      attachments: [{ text: '6 failed logins for alice within 5 s', title: 'high: Brute force against an account' }],
    })
    const timestamp = headers['x-gatehouse-timestamp']
    const expected = createHmac('sha256', secret)
      .update(`${String(timestamp)}.${body}`)
      .digest('hex')
    expect(headers['x-gatehouse-signature']).toBe(`v1=${expected}`)
    expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(60)
    await waitFor(async () => (await statusOf(notifications, 'webhook'))?.sent === 1, { what: 'the mark' })
    const status = await statusOf(notifications, 'webhook')
    expect(status).toMatchObject({ state: 'ok', waitingAlerts: 0, target: `127.0.0.1:${receiver.port}` })
    expect(JSON.stringify(status)).not.toContain('secret')
    expect(notifications.counters()).toEqual({ sent: 1, retried: 0, failed: 0, dropped: 0 })
  })

  test('hears of many alerts in one message, and of the others as a number', async () => {
    const receiver = await startReceiver()
    await started(notifying({ webhook: { url: receiver.url }, perHour: 2, groupMs: 3_000 }))
    await raise({ entity: 'first' })
    await waitFor(() => receiver.posts.length === 1, { what: 'the first message' })
    for (let n = 0; n < 46; n++) await raise({ entity: `user-${n}`, severity: n === 30 ? 'critical' : 'medium' })
    await raise({ entity: 'worst', severity: 'critical' })
    await waitFor(() => receiver.posts.length === 2, { what: 'the second message' })
    const { text, attachments } = JSON.parse(receiver.posts[1]!.body) as {
      text: string
      attachments: { text: string }[]
    }
    expect(text).toBe('47 alerts, the worst critical')
    expect(attachments).toHaveLength(11)
    expect(attachments.at(-1)?.text).toBe('and 37 more')
    // The hour has had its two: what comes now waits.
    await raise({ entity: 'late' })
    const waits = running[0]!
    await waitFor(async () => (await statusOf(waits, 'webhook'))?.waitingAlerts === 1, { what: 'the third to wait' })
    await database.query(`UPDATE notifications SET created_at = created_at - interval '1 hour'`)
    await waitFor(() => receiver.posts.length === 3, { what: 'the third message' })
    expect(textsOf(receiver.posts[2])).toContain('late')
  })

  test('that is away gets everything once it is back, in order, each alert once', async () => {
    const gone = await startReceiver()
    const { port, url } = gone
    await gone.stop()
    const notifications = await started(notifying({ webhook: { url } }))
    await raise({ entity: 'before' })
    await waitFor(() => notifications.counters().retried > 0, { what: 'a try that failed' })
    for (let n = 0; n < 5; n++) await raise({ entity: `while-${n}` })
    expect(await statusOf(notifications, 'webhook')).toMatchObject({
      state: 'failing',
      waitingAlerts: 6,
      lastError: expect.stringContaining('Nothing listens on') as string,
    })
    expect(problems.list()[0]).toMatchObject({ area: 'notify' })
    const receiver = await startReceiver({ port })
    await waitFor(() => receiver.posts.length === 2, { what: 'both messages', timeoutMs: 20_000 })
    expect(textsOf(receiver.posts[0])).toContain('before')
    for (let n = 0; n < 5; n++) expect(textsOf(receiver.posts[1])).toContain(`while-${n}`)
    await waitFor(() => notifications.counters().sent === 2, { what: 'both to be counted' })
    expect(await statusOf(notifications, 'webhook')).toMatchObject({ state: 'ok' })
    expect(notifications.counters()).toMatchObject({ sent: 2, failed: 0 })
  })

  test('that is away is failing by the time its tries are counted, however long the store takes', async () => {
    const { url, stop } = await startReceiver()
    await stop()
    const slow: Database = {
      query: async (sql, params, options) => {
        if (sql.includes('UPDATE notifications')) await sleep(300)
        return database.query(sql, params, options)
      },
      transaction: (work, opening) => database.transaction(work, opening),
      ready: (signal) => database.ready(signal),
      state: () => database.state(),
      onState: (listener) => database.onState(listener),
      close: () => Promise.resolve(),
    }
    const notifications = await started(notifying({ webhook: { url } }, {}, slow))
    await raise()
    await waitFor(() => notifications.counters().retried > 0, { what: 'a try that failed' })
    expect(await statusOf(notifications, 'webhook')).toMatchObject({ state: 'failing', waitingAlerts: 1 })
  })

  test('that refuses for good is not asked again, and the next message goes on', async () => {
    const answers = [404, 302, 200]
    const answer = (_post: ReceivedPost, response: ServerResponse) => {
      response.writeHead(answers.shift() ?? 500, { Location: 'http://127.0.0.1:1/elsewhere' }).end('no such hook')
    }
    const receiver = await startReceiver({ answer })
    const notifications = await started(notifying({ webhook: { url: receiver.url } }))
    const alertId = await raise()
    await waitFor(() => notifications.counters().failed === 1, { what: 'the first to be given up' })
    await raise({ entity: 'bob' })
    await waitFor(() => notifications.counters().failed === 2, { what: 'the redirect to be given up' })
    expect(await statusOf(notifications, 'webhook')).toMatchObject({
      state: 'failing',
      failed: 2,
      lastError: expect.stringContaining('Redirects are not followed') as string,
    })
    await raise({ entity: 'dora' })
    await waitFor(() => notifications.counters().sent === 1, { what: 'the third message' })
    expect(receiver.posts).toHaveLength(3)
    const [told] = await database.query<{ state: string; error: string }>(
      'SELECT n.state, n.error FROM alert_notices a JOIN notifications n USING (notification_id) WHERE alert_id = $1',
      [alertId],
    )
    expect(told).toMatchObject({ state: 'failed', error: expect.stringContaining('404: no such hook') as string })
  })

  test('that asks for time, or takes too much of it, is tried again with the same message', async () => {
    let tries = 0
    const answer = (_post: ReceivedPost, response: ServerResponse) => {
      tries++
      if (tries === 1) response.writeHead(429, { 'Retry-After': '1' }).end()
      else if (tries > 2) response.end()
      // The second is never answered.
    }
    const receiver = await startReceiver({ answer })
    const notifications = await started(notifying({ webhook: { url: receiver.url, timeoutMs: 1_000 } }))
    await raise()
    await waitFor(() => notifications.counters().sent === 1, { what: 'the message', timeoutMs: 20_000 })
    expect(notifications.counters()).toMatchObject({ retried: 2, failed: 0 })
    expect(new Set(receiver.posts.map(({ headers }) => headers['x-gatehouse-delivery'])).size).toBe(1)
    expect(new Set(receiver.posts.map(({ body }) => body)).size).toBe(1)
  })

  test('hears of an alert once, whoever starts again, and once more when it rises', async () => {
    const receiver = await startReceiver()
    const first = await started(notifying({ webhook: { url: receiver.url } }))
    const alertId = await raise({ severity: 'medium' })
    await waitFor(() => first.counters().sent === 1, { what: 'the message' })
    await first.stop()
    const second = await started(notifying({ webhook: { url: receiver.url } }))
    await database.query(`UPDATE alerts SET event_count = 9`)
    signals.emit('alert', { alertId } as Alert)
    await raise({ entity: 'bob', severity: 'low' })
    await database.query(`UPDATE alerts SET severity = 'critical' WHERE alert_id = $1`, [alertId])
    signals.emit('alert', { alertId } as Alert)
    await waitFor(() => second.counters().sent === 1, { what: 'the word that it rose' })
    await second.stop()
    expect(receiver.posts.map(({ body }) => (JSON.parse(body) as { text: string }).text)).toEqual([
      'medium: Brute force against an account, user alice',
      'critical: Brute force against an account, user alice',
    ])
  })

  test('is told nothing of what was closed, of other rules, of before it was there, or too late', async () => {
    const receiver = await startReceiver()
    await raise({ entity: 'before' })
    const notifications = notifying({ webhook: { url: receiver.url }, rules: ['brute_force_account'] })
    await notifications.status()
    await raise({ entity: 'other', ruleId: 'spray' })
    await raise({ entity: 'old', windowEnd: new Date(Date.now() - 25 * 3_600_000) })
    const closed = await raise({ entity: 'closed' })
    await database.query(`UPDATE alerts SET state = 'closed', verdict = 'benign' WHERE alert_id = $1`, [closed])
    await raise({ entity: 'this-one' })
    notifications.start()
    await waitFor(() => notifications.counters().sent === 1, { what: 'the message' })
    expect(receiver.posts).toHaveLength(1)
    expect(textsOf(receiver.posts[0])).toMatch(/this-one/)
    expect(textsOf(receiver.posts[0])).not.toMatch(/before|other|old|closed/)
    expect(notifications.counters().dropped).toBe(1)
    expect(await statusOf(notifications, 'webhook')).toMatchObject({ droppedAlerts: 1, waitingAlerts: 0 })
  })

  test('gets no session id, and nothing that its screen would take for markup', async () => {
    const receiver = await startReceiver()
    const notifications = await started(notifying({ webhook: { url: receiver.url } }))
    const entity = 'live-session-id-0123456789abcdef'
    await raise({ entityKind: 'session', entity, summary: `2 addresses in session ${entity} within 5 min` })
    const hostile = '<!channel> <http://evil.example|here> & [x](http://evil.example) @here \u202Egpj\n\u0007*b*'
    await raise({ entity: hostile, title: hostile, summary: hostile })
    await waitFor(() => notifications.counters().sent > 0 && textsOf(receiver.posts.at(-1)).includes('amp;'), {
      what: 'both alerts',
    })
    const all = receiver.posts.map(textsOf).join()
    expect(all).not.toContain(entity.slice(0, 12))
    expect(all).toContain('2 addresses in session [session] within 5 min')
    expect(all).not.toMatch(/<!channel>|<http|\]\(http|:\/\/evil|@here|\u202E|\\n|\\u0007/)
    expect(all).toContain('&lt;!channel&gt;')
  })

  test('is reached over TLS alone by the name in its certificate, signed by who is trusted', async () => {
    const [good, other] = [await createCertificate('localhost'), await createCertificate('elsewhere.example')]
    const receiverOf = async ({ certFile, keyFile }: Certificate) =>
      startReceiver({ tls: { cert: await readFile(certFile), key: await readFile(keyFile) } })
    const [genuine, misnamed] = [await receiverOf(good), await receiverOf(other)]
    const outcome = (url: string, caFile?: string) =>
      notifying({ webhook: { url, ...(caFile === undefined ? {} : { caFile }) } }).test('webhook')
    expect(await outcome(genuine.url, good.caFile)).toMatchObject({ ok: true })
    expect((await outcome(genuine.url)).message).toContain('not signed by an authority')
    expect((await outcome(misnamed.url, other.caFile)).message).toContain('is for another host name')
    expect([genuine.posts.length, misnamed.posts.length]).toEqual([1, 0])
  })

  test('at a link-local address is refused, however it is written', async () => {
    const url = 'https://169.254.169.254/latest'
    const notifications = notifying({ webhook: { url } })
    expect(await notifications.test('webhook')).toMatchObject({
      ok: false,
      message: expect.stringContaining('link-local or metadata address') as string,
    })
    const odd = notifying({ webhook: { url: 'https://2852039166/latest' } })
    expect((await odd.test('webhook')).message).toContain('link-local or metadata address')
  })
})

describe('mail', () => {
  const email = (port: number, more: object = {}) => ({
    host: '127.0.0.1',
    port,
    security: 'none' as const,
    from: 'gatehouse@example.org',
    to: ['soc@example.org', 'duty@example.org'],
    ...more,
  })

  test('goes to all, as plain text, whatever stands in it', async () => {
    const server = await startMailServer({ disabledCommands: ['STARTTLS', 'AUTH'] })
    const notifications = await started(notifying({ email: email(server.port) }))
    const hostile = 'alice\r\nBcc: everyone@example.org\r\n\r\n<img src=http://evil.example>'
    await raise({ entity: hostile, title: 'Brute force\nSubject: other', summary: `${hostile}\n.\nQUIT` })
    await waitFor(() => notifications.counters().sent === 1, { what: 'the mail' })
    const [mail] = server.mails
    expect(mail?.from).toBe('gatehouse@example.org')
    expect(mail?.to).toEqual(['soc@example.org', 'duty@example.org'])
    const [head = '', ...body] = (mail?.raw ?? '').split('\r\n\r\n')
    const names = head.split(/\r\n(?![ \t])/).map((line) => line.split(':', 1)[0]?.toLowerCase())
    expect(names.filter((name) => name === 'subject')).toHaveLength(1)
    expect(names).not.toContain('bcc')
    expect(head).toMatch(/^Message-ID: <[0-9a-f-]{36}@gatehouse>/m)
    expect(head).toMatch(/^Content-Type: text\/plain/m)
    expect(body.join('\n')).toContain('QUIT')
  })

  test('that is refused for now comes later, and for good not at all; who listens is told why', async () => {
    const answers = [
      Object.assign(new Error('Mailbox is busy'), { responseCode: 451 }),
      null,
      Object.assign(new Error('No such user'), { responseCode: 550 }),
    ]
    const server = await startMailServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      answer: () => answers.shift() ?? null,
    })
    const notifications = await started(notifying({ email: email(server.port) }))
    await raise()
    await waitFor(() => notifications.counters().sent === 1, { what: 'the second try' })
    expect(notifications.counters()).toMatchObject({ retried: 1, failed: 0 })
    await raise({ entity: 'bob' })
    await waitFor(() => notifications.counters().failed === 1, { what: 'the refusal' })
    expect((await statusOf(notifications, 'email'))?.lastError).toContain('No such user')
    expect(server.mails).toHaveLength(1)
  })

  test('is encrypted, and a certificate that nobody signed is refused', async () => {
    const server = await startMailServer({ secure: true, disabledCommands: ['AUTH'] })
    const notifications = notifying({ email: email(server.port, { host: 'localhost', security: 'tls' }) })
    const outcome = await notifications.test('email')
    expect(outcome.ok).toBe(false)
    expect(outcome.message).toMatch(/certificate/i)
    expect(server.mails).toEqual([])

    const { caFile, certFile, keyFile } = await createCertificate('localhost')
    const certified = { cert: await readFile(certFile), key: await readFile(keyFile), disabledCommands: ['AUTH'] }
    for (const security of ['tls', 'starttls'] as const) {
      const trusted = await startMailServer({ ...certified, secure: security === 'tls' })
      const mail = email(trusted.port, { host: 'localhost', security, caFile })
      expect(await notifying({ email: mail }).test('email')).toMatchObject({ ok: true })
      expect(trusted.mails).toHaveLength(1)
    }
    const plainServer = await startMailServer({ disabledCommands: ['AUTH', 'STARTTLS'] })
    const strict = notifying({ email: email(plainServer.port, { host: 'localhost', security: 'starttls' }) })
    expect(await strict.test('email')).toMatchObject({ ok: false })
    expect(plainServer.mails).toEqual([])
  })

  test('asks for a log-in that works, and says so where it does not', async () => {
    const logins: string[] = []
    const server = await startMailServer({
      disabledCommands: ['STARTTLS'],
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        logins.push(`${username} ${password}`)
        if (password === 'right') return done(null, { user: username })
        return done(new Error('Invalid username or password'))
      },
    })
    const wrong = notifying({ email: email(server.port, { user: 'carol', password: 'wrong' }) })
    expect(await wrong.test('email')).toMatchObject({
      ok: false,
      message: `127.0.0.1:${server.port} refused the log-in: check notify.email.user and its password.`,
    })
    const right = notifying({ email: email(server.port, { user: 'carol', password: 'right' }) })
    expect(await right.test('email')).toMatchObject({ ok: true })
    expect(logins).toEqual(['carol wrong', 'carol right'])
    expect(server.mails[0]?.raw).toMatch(/trial of Gatehouse's notifications, asked for by carol/)
  })
})

describe('the desktop', () => {
  async function listen(notifications: Notifications) {
    const notices: DesktopNotice[] = []
    const leaving = new AbortController()
    const done = (async () => {
      for await (const notice of notifications.desktop(leaving.signal)) notices.push(notice)
    })()
    await waitFor(async () => (await notifications.test('desktop')).ok, { what: 'the desktop to listen' })
    await waitFor(() => notices.length > 0, { what: 'the trial' })
    return {
      notices,
      leave: async () => {
        leaving.abort()
        await done
      },
    }
  }

  test('shows what is new: the first at once, the others together, each once', async () => {
    const notifications = notifying({ groupMs: 500 })
    await raise({ entity: 'before' })
    const { notices, leave } = await listen(notifications)
    expect(notices[0]).toMatchObject({ alertId: null, count: 0, title: expect.stringContaining('carol') as string })
    const alertId = await raise({ entity: 'first', severity: 'critical' })
    await waitFor(() => notices.length === 2, { what: 'the first notice' })
    expect(notices[1]).toMatchObject({
      alertId,
      count: 1,
      severity: 'critical',
      body: expect.stringContaining('first') as string,
    })
    await raise({ entity: 'second' })
    await raise({ entity: 'third' })
    await raise({ entity: 'low', severity: 'low' })
    await waitFor(() => notices.length === 3, { what: 'the second notice' })
    expect(notices[2]).toMatchObject({ title: '2 alerts, the worst high', count: 2 })
    await leave()
  })

  test('shows what was raised before the store could be asked for the first time', async () => {
    const away = vi.spyOn(database, 'state').mockReturnValue({ ...database.state(), status: 'connecting' })
    const notifications = notifying({})
    const { notices, leave } = await listen(notifications)
    await raise({ entity: 'meanwhile' })
    away.mockRestore()
    await waitFor(() => notices.length === 2, { what: 'the notice' })
    expect(notices[1]?.body).toContain('meanwhile')
    await leave()
  })

  test('is told so when nobody listens', async () => {
    expect(await notifying({}).test('desktop')).toMatchObject({ ok: false })
    expect(await notifying({}).test('webhook')).toEqual({
      ok: false,
      message: 'notify.webhook is not configured: add it to config.yaml.',
      tookMs: expect.any(Number) as number,
    })
  })
})

test.each([
  [{ webhook: { url: 'http://hooks.example.org/x' } }, 'https'],
  [{ webhook: { url: 'https://user:pw@hooks.example.org/x' } }, 'https'],
  [{ email: { host: 'mail.example.org', security: 'none', from: 'a@b.org', to: ['c@d.org'] } }, 'tls'],
  [{ email: { host: 'mail.example.org', from: 'a@b.org\r\nBcc: x@y.org', to: ['c@d.org'] } }, 'email'],
])('settings that would send in the clear, or forge a header, are refused: %j', (notify, expected) => {
  const parsed = ConfigSchema.safeParse({ notify })
  expect(parsed.success).toBe(false)
  expect(parsed.error?.issues[0]?.message).toContain(expected)
})
