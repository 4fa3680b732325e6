import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { writeEvents } from '../../src/main/engine/postgres/write-events.ts'
import { createEngineOfRules } from '../../src/main/engine/watch/engine-of-rules.ts'
import { createEnrichment } from '../../src/main/engine/watch/enrich/enrichment.ts'
import { restore } from '../../src/main/engine/watch/restore.ts'
import { readRules } from '../../src/main/engine/watch/rules/rule-set.ts'
import { storedPast } from '../../src/main/engine/watch/stored-past.ts'
import { resourcePath } from '../../src/main/resources.ts'
import type { AuditEvent } from '../../src/shared/model/event.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { failure, Ledger, seeded, testRule } from '../unit/watch/support.ts'

const latenessMs = 60_000
const daySeconds = 86_400
/** All that is stored was read. */
const everything = { tx: '9223372036854775807', after: null }

const agents = ['Firefox/140', 'Chrome/145', 'curl/8', 'Edg/145', 'python-requests/2', '']
const addresses = ['84.130.1.1', '84.131.1.1', '73.5.1.1', '126.3.1.1', '::ffff:90.10.1.1', '10.0.0.1']

/** Logins of three users, who change their address and their browser now and then, and come back to old ones. */
function logins(random: () => number, fromDay: number, untilDay: number, count: number): AuditEvent[] {
  const times = Array.from({ length: count }, () => fromDay + random() * (untilDay - fromDay)).toSorted((a, b) => a - b)
  return times.map((day) => {
    const habit = Math.min(agents.length - 1, Math.floor(random() ** 3 * (2 + day / 6)))
    return failure(Math.round(day * daySeconds), {
      type: random() < 0.9 ? 'login' : 'failed_login',
      userId: ['alice', 'bob', null][Math.floor(random() * 2.1)] ?? null,
      userAgent: agents[habit] ?? null,
      ipAddress: addresses[Math.floor(random() ** 3 * (2 + day / 6))] ?? null,
      country: random() < 0.2 ? 'NG' : null,
      metadata: { tier: `tier ${Math.floor(random() ** 3 * (2 + day / 8))}` },
    })
  })
}

const metadataRule = `title: New tier
name: new_tier
level: low
logsource: {product: gatehouse}
detection:
  selection:
    event_type: login
    user_agent|exists: true
  condition: selection
gatehouse:
  unseen: {field: metadata.tier, last: 2, learn: 5d}
`

let database: Database

beforeAll(async () => {
  database = openDatabase(
    ConfigSchema.parse({ postgres: { url: (await createTestDatabase()).url } }).postgres,
    pino({ level: 'silent' }),
  )
  await database.ready()
})
afterAll(() => database.close())

describe('an engine that starts', () => {
  test.each([1, 2, 3])('knows what was learned, as one does that saw every event (seed %i)', async (seed) => {
    await database.query('TRUNCATE audit_sessions, audit_logs')
    const enrichment = createEnrichment({ geo: { databases: [] }, lists: [] }, (reason, key) => {
      throw new Error(`${reason}: ${key}`)
    })
    await enrichment.look()
    const file = 'new-device-or-country.yml'
    const shipped = readFileSync(resourcePath('rules', file), 'utf8')
    const rules = [
      // Small memories, so that values fall out of them.
      ...readRules(file, shipped.replaceAll(/last: \d+/g, 'last: 2'), enrichment.environment),
      ...readRules('new-tier.yml', metadataRule),
    ]
    const newEngine = () => createEngineOfRules(rules, { latenessMs })
    const random = seeded(seed)
    const before = logins(random, 0, 20, 500)
    const after = logins(random, 20, 24, 200)
    await database.transaction((tx) => writeEvents(tx, before))

    const restarted = newEngine()
    await restore(restarted, rules, storedPast(database, everything, latenessMs), Number.POSITIVE_INFINITY)
    const steady = newEngine()
    steady.push(before)
    const [of, expected] = [new Ledger(), new Ledger()]
    of.apply(restarted.push(after))
    expected.apply(steady.push(after))
    expect(expected.alerts.size).toBeGreaterThan(5)
    expect(new Set([...expected.alerts.values()].map(({ alert }) => alert.ruleId)).size).toBe(3)
    expect(of.text()).toBe(expected.text())
  })

  test('goes on with a rule whose windows reach back before all times', async () => {
    await database.query('TRUNCATE audit_sessions, audit_logs')
    const events = Array.from({ length: 6 }, (_, second) => failure(second))
    await database.transaction((tx) => writeEvents(tx, events))
    const rules = [testRule('group-by: [user_id]\ntimespan: 999999d\ncondition: {gt: 5}')]
    const engine = createEngineOfRules(rules, { latenessMs })
    const past = storedPast(database, everything, latenessMs)
    const changes = await restore(engine, rules, past, Number.POSITIVE_INFINITY)
    expect(changes).toMatchObject([{ kind: 'raised', alert: { entity: 'alice', eventCount: 6 } }])
  })
})
