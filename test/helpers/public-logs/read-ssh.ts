import type { ProducedEvent } from '../../../src/instrument/index.ts'

/** A line of OpenSSH in the format of syslog (RFC 3164): no year, one or two digits of the day. */
const line = /^(\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\S+) sshd(?:-session)?\[(\d+)\]: (.*)$/
/** What syslog writes in place of lines that are all the same. */
const repeated = /^message repeated (\d+) times: \[ (.*)\]$/
const attempt = /^(Failed|Accepted) (\S+) for (?:invalid user )?(.*) from (\S+) port \d+(?: ssh2)?(?:: .*)?$/
const unknownUser = /^Invalid user (.*) from (\S+)(?: port \d+)?$/

/**
 * Logins of an OpenSSH server (auth.log), as an application would push them; other lines say nothing of logins. A line that
 * stands for N others becomes one event that counts N. That a user is unknown is an attempt of its own where the server
 * writes no other line of it.
 * @param year of the lines, which do not tell it; times are taken for UTC
 */
export function readSshLog(lines: readonly string[], year: number): ProducedEvent[] {
  const parsed = lines.map((text) => line.exec(text) ?? [])
  const told = new Set(
    parsed.flatMap(([, , , , host, pid, said]) => (said?.startsWith('Failed ') === true ? `${host} ${pid}` : [])),
  )
  return parsed.flatMap(([, month, day, time, host, pid, said = ''], index) => {
    const [, times, inner] = repeated.exec(said) ?? []
    const [, outcome, method, user, address] = attempt.exec(inner ?? said) ?? []
    const [, stranger, from] = told.has(`${host} ${pid}`) ? [] : (unknownUser.exec(said) ?? [])
    if (outcome === undefined && from === undefined) return []
    return {
      event_id: `ssh:${host}:${index}`,
      event_type: outcome === 'Accepted' ? 'login' : 'failed_login',
      user_id: (user ?? stranger) || undefined,
      ip_address: address ?? from,
      auth_method: method,
      created_at: new Date(`${day} ${month} ${year} ${time} UTC`).toISOString(),
      metadata: times === undefined ? {} : { count: Number(times) },
    }
  })
}
