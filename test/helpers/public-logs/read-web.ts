import type { ProducedEvent } from '../../../src/instrument/index.ts'

/** A line in the "combined" format of nginx and Apache. */
const line = /^(\S+) \S+ (\S+) \[([^\]]+)\] "(\S+) (\S+)[^"]*" (\d{3}) \S+ "[^"]*" "([^"]*)"$/
const time = /^(\d\d)\/(\w{3})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})$/

/** Answers that let nobody in. */
const refusals: ReadonlySet<string> = new Set(['400', '401', '403', '422', '429'])

/** Logins of a web application by the requests to its login page (POST to `path`); the log of requests knows users rarely. */
export function readWebLog(lines: readonly string[], path = '/login'): ProducedEvent[] {
  return lines.flatMap((text, index) => {
    const [, address, user, when = '', method, target, status = '', agent] = line.exec(text) ?? []
    if (method !== 'POST' || target?.split('?')[0] !== path || status.startsWith('5')) return []
    const [, day, month, year, clock, zone] = time.exec(when) ?? []
    return {
      event_id: `web:${index}`,
      event_type: refusals.has(status) ? 'failed_login' : 'login',
      user_id: user === '-' ? undefined : user,
      ip_address: address,
      // A dash is what the log writes for nothing.
      user_agent: agent === '-' ? '' : agent,
      auth_method: 'password',
      created_at: new Date(`${day} ${month} ${year} ${clock} ${zone}`).toISOString(),
      metadata: { status: Number(status) },
    }
  })
}
