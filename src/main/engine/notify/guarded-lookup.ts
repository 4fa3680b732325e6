import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { GatehouseError } from '../../../shared/errors.ts'
import { isLinkLocal, refusal } from '../link-local.ts'

type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * Looks names up for a socket, and fails for one that leads to a link-local or metadata address. What the socket connects to
 * is what was looked at: that the name resolves otherwise a moment later changes nothing.
 */
export function guardedLookup(resolve: Resolve = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const refused = addresses.find(({ address }) => isLinkLocal(address))
      if (refused !== undefined) {
        return callback(new GatehouseError('CONFIG_INVALID', `${hostname}: ${refusal(refused.address)}`), '', 0)
      }
      if (options.all === true) return callback(null, addresses)
      const [first] = addresses
      return callback(null, first?.address ?? '', first?.family ?? 0)
    })
  }
}
