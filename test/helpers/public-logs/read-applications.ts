import type { ProducedEvent } from '../../../src/instrument/index.ts'

/** What a web application wrote of a login that it refused. */
interface Refusal {
  /** ISO 8601, in UTC where it says nothing else. */
  at: string
  user?: string
  address: string
  agent?: string
}

type ReadLine = (text: string) => Refusal | null

/** Nextcloud: one JSON object a line; its own guard writes a second line of the same request, which is no other attempt. */
const nextcloud: ReadLine = (text) => {
  const { message, time, userAgent } = JSON.parse(text) as Record<'message' | 'time' | 'userAgent', string>
  const [, user, address] = /^Login failed: (.*) \(Remote IP: (\S+)\)$/.exec(message) ?? []
  return address === undefined || user === undefined ? null : { at: time, user, address, agent: userAgent }
}

/** Gitea: `2022/03/01 12:57:58 ... Failed authentication attempt for NAME from ADDRESS:PORT: ...` */
const gitea: ReadLine = (text) => {
  const pattern = /^(\d{4})\/(\d\d)\/(\d\d) (\S+) .* Failed authentication attempt for (.*) from (\S+):\d+: /
  const [, year, month, day, clock, user, address] = pattern.exec(text) ?? []
  if (user === undefined || address === undefined) return null
  return { at: `${year}-${month}-${day}T${clock}Z`, user, address }
}

/** Vaultwarden: wrong passwords, wrong tokens of the administrator, wrong second factors. */
const vaultwarden: ReadLine = (text) => {
  const pattern =
    /^\[(\S+) (\S+?)\]\[vaultwarden::api::.*(?:incorrect|Invalid).* IP: ([\da-f:.]*[\da-f])(?:\. Username: (.*)\.)?$/
  const [, date, clock, address, user] = pattern.exec(text) ?? []
  if (address === undefined) return null
  return { at: `${date}T${clock}Z`, address, ...(user === undefined ? {} : { user }) }
}

const formats = { nextcloud, gitea, vaultwarden }
export type ApplicationFormat = keyof typeof formats

/** Refused logins of a web application, as the application would push them. */
export function readApplicationLog(lines: readonly string[], format: ApplicationFormat): ProducedEvent[] {
  return lines.flatMap((text, index) => {
    const refusal = text === '' ? null : formats[format](text)
    if (refusal === null) return []
    return {
      event_id: `${format}:${index}`,
      event_type: 'failed_login',
      user_id: refusal.user,
      ip_address: refusal.address,
      user_agent: refusal.agent,
      auth_method: 'password',
      created_at: new Date(refusal.at).toISOString(),
      metadata: {},
    }
  })
}
