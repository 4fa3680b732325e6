/** The fields of an INFO reply. */
export function parseInfo(info: string): Record<string, string | undefined> {
  const fields = info.split(/\r?\n/).filter((line) => line.includes(':') && !line.startsWith('#'))
  return Object.fromEntries(fields.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
}

/** Product and version, as in "Redis 7.2.5" or "Valkey 8.1.0". */
export function serverName(info: string): string {
  const { redis_version: redis, valkey_version: valkey } = parseInfo(info)
  if (valkey !== undefined) return `Valkey ${valkey}`
  return redis === undefined ? 'Redis' : `Redis ${redis}`
}
