import type { ProducedEvent } from '../../../src/instrument/index.ts'

/** A line of OpenSSH in the format of syslog (RFC 3164): no year, one or two digits of the day. */
const line = /^(\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\S+) sshd(?:-session)?\[\d+\]: (.*)$/
/** What syslog writes in place of lines that are all the same. */
const repeated = /^message repeated (\d+) times: \[ (.*)\]$/
const attempt = /^(Failed|Accepted) (\S+) for (?:invalid user )?(.*) from (\S+) port \d+(?: ssh2)?(?:: .*)?$/

/**
 * Logins of an OpenSSH server (auth.log), as an application would push them; other lines say nothing of logins. A line that
 * stands for N others becomes one event that counts N.
 * @param year of the lines, which do not tell it; times are taken for UTC
 */
export function readSshLog(lines: readonly string[], year: number): ProducedEvent[] {
  return lines.flatMap((text, index) => {
    const [, month, day, time, host, said = ''] = line.exec(text) ?? []
    const [, times, inner] = repeated.exec(said) ?? []
    const [, outcome, method, user, address] = attempt.exec(inner ?? said) ?? []
    if (outcome === undefined) return []
    return {
      event_id: `ssh:${host}:${index}`,
      event_type: outcome === 'Failed' ? 'failed_login' : 'login',
      user_id: user === '' ? undefined : user,
      ip_address: address,
      auth_method: method,
      created_at: new Date(`${day} ${month} ${year} ${time} UTC`).toISOString(),
      metadata: times === undefined ? {} : { count: Number(times) },
    }
  })
}
