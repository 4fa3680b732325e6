/** Where a URL points, in parts that may be shown: the password is not among them. */
export interface Target {
  /** Host and port. */
  at: string
  user: string
  database: string
  /** All of it in one text: `host:port/database`. */
  label: string
}

/** The parts of a postgres URL, with the defaults of libpq where it leaves one out. */
export function targetOf(url: string): Target {
  const parsed = new URL(url)
  const user = decodeURIComponent(parsed.username) || 'postgres'
  const database = decodeURIComponent(parsed.pathname.slice(1)) || user
  const at = `${parsed.hostname || 'localhost'}:${parsed.port || '5432'}`
  return { at, user, database, label: `${at}/${database}` }
}
