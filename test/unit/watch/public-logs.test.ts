import { describe, expect, test } from 'vitest'
import type { ProducedEvent } from '../../../src/instrument/index.ts'
import { decodeItem } from '../../../src/main/engine/queue/decode/item.ts'
import { createSessionIds } from '../../../src/main/engine/session-ids.ts'
import type { EngineOfRules } from '../../../src/main/engine/watch/engine-of-rules.ts'
import type { AuditEvent } from '../../../src/shared/model/event.ts'
import type { AlertId, EventId } from '../../../src/shared/model/ids.ts'
import { openCatalogue } from '../../helpers/labelled/catalogue.ts'
import { publicLogs } from '../../helpers/public-logs/public-logs.ts'
import { readApplicationLog } from '../../helpers/public-logs/read-applications.ts'
import { readSshLog } from '../../helpers/public-logs/read-ssh.ts'

describe('lines of OpenSSH', () => {
  const read = (message: string) => readSshLog([`Mar  2 08:00:01 gate sshd[411]: ${message}`], 2026)[0]

  test('become lifecycle events', () => {
    expect(read('Failed password for invalid user admin from 203.0.113.7 port 51022 ssh2')).toEqual({
      event_id: 'ssh:gate:0',
      event_type: 'failed_login',
      user_id: 'admin',
      ip_address: '203.0.113.7',
      auth_method: 'password',
      created_at: '2026-03-02T08:00:01.000Z',
      metadata: {},
    })
    expect(read('Accepted publickey for alice from 2001:db8::7 port 22 ssh2: ED25519 SHA256:abc')).toMatchObject({
      event_type: 'login',
      user_id: 'alice',
      ip_address: '2001:db8::7',
      auth_method: 'publickey',
    })
  })

  test('that stand for others count as many', () => {
    const text = 'message repeated 5 times: [ Failed password for root from 203.0.113.7 port 51022 ssh2]'
    expect(read(text)).toMatchObject({ user_id: 'root', metadata: { count: 5 } })
  })

  test('that hold a hostile name are read by their end', () => {
    const text = 'Failed password for invalid user a from 198.51.100.1 port 1 ssh2 from 203.0.113.7 port 22 ssh2'
    expect(read(text)).toMatchObject({ ip_address: '203.0.113.7' })
    expect(read('Failed password for invalid user  from 203.0.113.7 port 22 ssh2')?.user_id).toBeUndefined()
  })

  test('of one attempt count once', () => {
    const at = 'Mar  2 08:00:01 gate sshd[411]:'
    const unknown = `${at} Invalid user admin from 203.0.113.7 port 51022`
    const failed = `${at} Failed password for invalid user admin from 203.0.113.7 port 51022 ssh2`
    expect(readSshLog([unknown], 2026)).toMatchObject([{ event_type: 'failed_login', user_id: 'admin' }])
    expect(readSshLog([unknown, failed], 2026)).toHaveLength(1)
  })

  test('of other kinds say nothing of logins', () => {
    expect(read('Received disconnect from 203.0.113.7 port 22:11: Bye')).toBeUndefined()
    expect(readSshLog(['', 'Mar  2 08:00:01 gate sudo: alice : TTY=pts/0', 'cut sho'], 2026)).toEqual([])
  })
})

test('lines of web applications become lifecycle events, once for each attempt', () => {
  const [nextcloud, gitea, vaultwarden] = ['nextcloud', 'gitea', 'vaultwarden'].map(
    (name) => publicLogs.find((log) => log.name === name)?.events ?? [],
  )
  expect([nextcloud?.length, gitea?.length, vaultwarden?.length]).toEqual([6, 24, 22])
  expect(nextcloud?.[0]).toMatchObject({
    user_id: 'foo',
    ip_address: '2001:db8::d71',
    created_at: '2022-01-16T15:42:37.000Z',
  })
  expect(gitea?.[6]).toMatchObject({ user_id: 'test1', ip_address: '2.2.2.2', created_at: '2022-03-01T12:59:58.000Z' })
  expect(vaultwarden?.[10]).toMatchObject({ user_id: undefined, ip_address: '2001:db8:48::82b:7a19' })
  expect(readApplicationLog(['', '[2022-02-03 16:10:11.219][rocket::server][INFO] up'], 'vaultwarden')).toEqual([])
})

/** As the drain decodes what was pushed, in the order of the times. */
function decoded(pushed: readonly ProducedEvent[]): AuditEvent[] {
  const sessionIds = createSessionIds('plain', () => null)
  const events = pushed.map((item, index) => {
    const origin = { identity: `i${index}` as EventId, at: new Date(0), source: 'queue' as const }
    const result = decodeItem(Buffer.from(JSON.stringify(item)), origin, sessionIds)
    if ('refusal' in result) throw new Error(result.refusal)
    return result.event
  })
  return events.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
}

/** The addresses in the events of each alert. */
function addressesOf(engine: EngineOfRules, events: readonly AuditEvent[]): Set<string>[] {
  const evidence = new Map<AlertId, Set<EventId>>()
  const last = events.at(-1)?.createdAt.getTime() ?? 0
  for (const change of [...engine.push(events), ...engine.advance(last + 86_400_000)]) {
    if (change.kind === 'withdrawn') {
      evidence.delete(change.alertId)
      continue
    }
    const own = evidence.get(change.alert.alertId) ?? new Set()
    for (const { eventId } of change.newEvents) own.add(eventId)
    for (const { eventId } of change.lostEvents) own.delete(eventId)
    evidence.set(change.alert.alertId, own)
  }
  return Array.from(evidence.values(), (ids) => {
    const told = events.filter(({ eventId }) => ids.has(eventId))
    return new Set(told.map(({ ipAddress }) => ipAddress ?? ''))
  })
}

describe('published logs', () => {
  test.each(publicLogs)('$name: who attacks is found, and nobody else', async ({ events, attackers, missed }) => {
    const { newEngine } = await openCatalogue()
    const alerts = addressesOf(newEngine(), decoded(events))
    const found = new Set(alerts.flatMap((addresses) => [...addresses]))
    expect(attackers.filter((address) => !found.has(address))).toEqual(Object.keys(missed))
    expect([...found].filter((address) => !attackers.includes(address))).toEqual([])
  })
})
