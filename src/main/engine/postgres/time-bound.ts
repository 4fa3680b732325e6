const earliestMs = Date.parse('0001-01-01T00:00:00Z')
const latestMs = Date.parse('9999-12-31T00:00:00Z')

/**
 * A bound of event times (ms since 1970) as PostgreSQL reads it. Years before 1 and after 9999 have another form there, and
 * nothing is stored of them: windows of many days may reach back so far.
 */
export const timeBound = (ms: number): string =>
  ms < earliestMs ? '-infinity' : ms > latestMs ? 'infinity' : new Date(ms).toISOString()
