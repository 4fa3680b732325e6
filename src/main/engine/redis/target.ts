/** A redis URL in parts. `password` is for the driver alone; `at` and `label` may be shown. */
export interface RedisTarget {
  host: string
  port: number
  username: string | undefined
  password: string | undefined
  db: number
  tls: boolean
  /** Host and port. */
  at: string
  /** `host:port/db` */
  label: string
}

/** The parts are given to the driver one by one: a parameter in the URL must not be able to set any other option. */
export function redisTarget(url: string): RedisTarget {
  const parsed = new URL(url)
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1'
  const port = Number(parsed.port || 6379)
  const db = Number.parseInt(parsed.pathname.slice(1), 10) || 0
  const at = `${parsed.hostname || '127.0.0.1'}:${port}`
  return {
    host,
    port,
    username: decodeURIComponent(parsed.username) || undefined,
    password: decodeURIComponent(parsed.password) || undefined,
    db,
    tls: parsed.protocol === 'rediss:',
    at,
    label: `${at}/${db}`,
  }
}
