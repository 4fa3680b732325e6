/** A URL that may name several hosts, as the client of a Cluster or of Sentinels needs them. */
export interface HostListUrl {
  /** With the first host alone. */
  url: URL
  /** Each with its port, if it has one. */
  hosts: readonly { hostname: string; port: number | null }[]
}

/** Scheme, user and password, hosts, and what follows them (RFC 3986, with a list of hosts instead of one). */
const parts = /^([a-z][a-z\d+.-]*:\/\/(?:[^/?#]*@)?)([^/?#@]+)([/?#].*)?$/i

/** Reads `scheme://user:password@host1:port1,host2:port2/path`; null for anything else. */
export function parseHostList(text: string): HostListUrl | null {
  const [, head = '', list = '', tail = ''] = parts.exec(text) ?? []
  const urls = list.split(',').map((host) => (URL.canParse(head + host + tail) ? new URL(head + host + tail) : null))
  const [url] = urls
  if (url === null || url === undefined) return null
  const hosts = []
  for (const of of urls) {
    if (of === null || of.hostname === '') return null
    hosts.push({ hostname: of.hostname, port: of.port === '' ? null : Number(of.port) })
  }
  return { url, hosts }
}

/** The text of such a URL, with user, password and path as `url` has them now. */
export function formatHostList({ url, hosts }: HostListUrl): string {
  if (hosts.length === 1) return url.href
  const user = url.username + (url.password === '' ? '' : `:${url.password}`)
  const list = hosts.map(({ hostname, port }) => (port === null ? hostname : `${hostname}:${port}`)).join()
  return `${url.protocol}//${user === '' ? '' : `${user}@`}${list}${url.pathname}${url.search}${url.hash}`
}
