import { parseHostList } from '../host-list.ts'

/** A redis URL in parts. `password` is for the driver alone; `at` and `label` may be shown. */
export interface RedisTarget {
  /** One server, a Cluster of which some servers are known, or a master that Sentinels know. */
  kind: 'single' | 'cluster' | 'sentinel'
  /** The server; of a Cluster some of its servers, of Sentinels these. At least one. */
  hosts: readonly RedisHost[]
  /** What the Sentinels call the master; empty without Sentinels. */
  masterName: string
  username: string | undefined
  password: string | undefined
  db: number
  tls: boolean
  /** Host and port of each, before those of Sentinels the name of the master. */
  at: string
  /** The same with the database, which a Cluster does not have. */
  label: string
}

export interface RedisHost {
  host: string
  port: number
}

const kinds: Readonly<Record<string, RedisTarget['kind']>> = {
  'redis:': 'single',
  'rediss:': 'single',
  'redis+cluster:': 'cluster',
  'rediss+cluster:': 'cluster',
  'redis+sentinel:': 'sentinel',
  'rediss+sentinel:': 'sentinel',
}
const defaultPorts: Readonly<Record<RedisTarget['kind'], number>> = { single: 6379, cluster: 6379, sentinel: 26_379 }

/** What is expected of a URL of Redis. */
export const redisUrlForms =
  'a URL that begins with redis:// or rediss://, or redis+cluster://host1:port,host2:port, or redis+sentinel://host1:port,host2:port/master-name (rediss+… with TLS)'

/** Whether openRedis can use the URL: nothing else ever reaches the driver. */
export const isRedisUrl = (url: string): boolean => parseTarget(url) !== null

/**
 * The parts are given to the driver one by one: a parameter in the URL must not be able to set any other option.
 * @throws TypeError when isRedisUrl would have been false
 */
export function redisTarget(url: string): RedisTarget {
  const target = parseTarget(url)
  if (target === null) throw new TypeError(`not ${redisUrlForms}`)
  return target
}

function parseTarget(text: string): RedisTarget | null {
  // Without a host: this machine.
  const list = parseHostList(text.replace(/^rediss?:\/\/([^/?#]*@)?(?=$|[/?#])/i, '$&127.0.0.1'))
  const kind = list === null ? undefined : kinds[list.url.protocol]
  if (list === null || kind === undefined || (kind === 'single' && list.hosts.length > 1)) return null
  const { url } = list
  const hosts = list.hosts.map(({ hostname, port }) => ({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port ?? defaultPorts[kind],
  }))
  const [username, password, path] = [url.username, url.password, url.pathname].map(decoded)
  if (username === undefined || password === undefined || path === undefined) return null
  const [first = '', second = ''] = path.slice(1).split('/')
  const masterName = kind === 'sentinel' ? first : ''
  const db = Number.parseInt(kind === 'sentinel' ? second : first, 10) || 0
  if ((kind === 'sentinel' && masterName === '') || (kind === 'cluster' && db !== 0)) return null
  const addresses = list.hosts.map(({ hostname, port }) => `${hostname}:${port ?? defaultPorts[kind]}`).join()
  const at = kind === 'sentinel' ? `${masterName} (Sentinels ${addresses})` : addresses
  return {
    kind,
    hosts,
    masterName,
    username: username || undefined,
    password: password || undefined,
    db,
    tls: url.protocol.startsWith('rediss'),
    at,
    label: kind === 'cluster' ? `cluster ${at}` : `${at}/${db}`,
  }
}

/** The text without its percent signs; undefined where they stand for no text. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // URIError, the only one that there is.
    return undefined
  }
}
