/** Sites that the screen links to: techniques of alerts, and the manuals of the two stores. */
const knownHosts: ReadonlySet<string> = new Set(['attack.mitre.org', 'redis.io', 'www.postgresql.org'])

/** True for an https address of a site on the list; addresses come from pages that show hostile data. */
export function mayOpen(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, host, username, password } = new URL(address)
  return protocol === 'https:' && knownHosts.has(host) && username === '' && password === ''
}
