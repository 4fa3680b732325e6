import { BlockList, isIP } from 'node:net'
import { GatehouseError } from '../../shared/errors.ts'
import type { Config } from './config-schema.ts'
import { parseHostList } from './host-list.ts'

/** Where clouds keep the credentials of their machines, and what only neighbours reach: no store lives there. */
const linkLocal = new BlockList()
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4')
linkLocal.addSubnet('fe80::', 10, 'ipv6')
linkLocal.addAddress('fd00:ec2::254', 'ipv6')

/** @throws GatehouseError CONFIG_INVALID when a store's URL leads to a link-local or metadata address */
export function refuseLinkLocal({ allowLinkLocal, redis, postgres }: Config): void {
  if (allowLinkLocal) return
  refuse('redis.url', redis.url)
  refuse('postgres.url', postgres.url)
}

function refuse(name: string, url: string | null): void {
  if (url === null) return
  const hosts = parseHostList(url)?.hosts.map(({ hostname }) => hostname) ?? [new URL(url).hostname]
  for (const host of hosts) {
    if (!isLinkLocal(host)) continue
    throw new GatehouseError('CONFIG_INVALID', `${name}: ${refusal(host)}`, { key: name })
  }
}

/** Whether a host is given by a link-local or metadata address. A name is not looked up. */
export function isLinkLocal(host: string): boolean {
  const address = canonicalHost(host)
  const family = isIP(address)
  return family !== 0 && linkLocal.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** Why no connection goes to such a host. */
export const refusal = (host: string): string =>
  `${canonicalHost(host)} is a link-local or metadata address; set allowLinkLocal: true if that is meant.`

/** The system resolves 2852039166 and 0xa9fea9fe too: the URL standard turns them into dots, for http alone. */
function canonicalHost(host: string): string {
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const asHttp = `http://${bracketed}`
  return (URL.canParse(asHttp) ? new URL(asHttp).hostname : host).replaceAll(/[[\]]/g, '')
}
