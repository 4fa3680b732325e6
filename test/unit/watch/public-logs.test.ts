import { describe, expect, test } from 'vitest'
import type { ProducedEvent } from '../../../src/instrument/index.ts'
import { decodeItem } from '../../../src/main/engine/queue/decode/item.ts'
import { createSessionIds } from '../../../src/main/engine/session-ids.ts'
import type { AuditEvent } from '../../../src/shared/model/event.ts'
import type { EventId } from '../../../src/shared/model/ids.ts'
import { alertsOf, openCatalogue } from '../../helpers/labelled/catalogue.ts'
import { readSshLog } from '../../helpers/public-logs/read-ssh.ts'
import { readWebLog } from '../../helpers/public-logs/read-web.ts'
import { writeSshLog, writeWebLog } from '../../helpers/public-logs/write-logs.ts'

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

  test('of other kinds say nothing of logins', () => {
    expect(read('Received disconnect from 203.0.113.7 port 22:11: Bye')).toBeUndefined()
    expect(readSshLog(['', 'Mar  2 08:00:01 gate sudo: alice : TTY=pts/0', 'cut sho'], 2026)).toEqual([])
  })
})

describe('lines of nginx', () => {
  const read = (request: string, status: number, agent = 'curl/8.17.0') =>
    readWebLog([`203.0.113.7 - - [02/Mar/2026:09:00:01 +0100] "${request}" ${status} 12 "-" "${agent}"`])[0]

  test('become lifecycle events where they post to the login page', () => {
    expect(read('POST /login?next=/ HTTP/1.1', 401)).toEqual({
      event_id: 'web:0',
      event_type: 'failed_login',
      user_id: undefined,
      ip_address: '203.0.113.7',
      user_agent: 'curl/8.17.0',
      auth_method: 'password',
      created_at: '2026-03-02T08:00:01.000Z',
      metadata: { status: 401 },
    })
    expect(read('POST /login HTTP/1.1', 302)?.event_type).toBe('login')
  })

  test('of other requests, and of a server that failed, say nothing', () => {
    expect(read('GET /login HTTP/1.1', 200)).toBeUndefined()
    expect(read('POST /search HTTP/1.1', 401)).toBeUndefined()
    expect(read('POST /login HTTP/1.1', 502)).toBeUndefined()
  })
})

/** As the drain decodes what was pushed. */
function decoded(pushed: readonly ProducedEvent[]): AuditEvent[] {
  const sessionIds = createSessionIds('plain', () => null)
  return pushed.map((item, index) => {
    const origin = { identity: `i${index}` as EventId, at: new Date(0), source: 'queue' as const }
    const result = decodeItem(Buffer.from(JSON.stringify(item)), origin, sessionIds)
    if ('refusal' in result) throw new Error(result.refusal)
    return result.event
  })
}

describe.each([1, 2, 3])('a day of a server on the internet (seed %i)', (seed) => {
  test.each([
    ['SSH', () => writeSshLog(seed), (lines: string[]) => readSshLog(lines, 2026)],
    ['web', () => writeWebLog(seed), (lines: string[]) => readWebLog(lines)],
  ])('%s: every address that attacks is named, and no other', async (_, write, read) => {
    const { lines, attackers } = write()
    const { newEngine } = await openCatalogue()
    const alerts = alertsOf(newEngine(), decoded(read(lines)))
    const named = alerts.filter(({ entityKind }) => entityKind === 'ip').map(({ entity }) => entity)
    expect(new Set(named)).toEqual(attackers)
  })
})
