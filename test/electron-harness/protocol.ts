import { strict } from './strict.ts'

type Handler = (request: Request) => Response | Promise<Response>

/**
 * Chromium takes no new schemes at run time, so a page of app://host/path is loaded from
 * https://host.app.electron.test/path, a secure origin of its own, and every request is answered by the handler.
 */
const suffix = 'electron.test'

const handlers = new Map<string, Handler>()
let registered: readonly string[] = []

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(
    schemes: { scheme: string; privileges: { standard?: boolean; secure?: boolean } }[],
  ): void {
    for (const { scheme, privileges } of schemes) {
      if (!privileges.standard || !privileges.secure) {
        throw new Error(`The Electron harness serves standard, secure schemes alone; ${scheme} is none.`)
      }
    }
    registered = schemes.map(({ scheme }) => scheme)
  },
  handle(scheme: string, handler: Handler): void {
    if (!registered.includes(scheme)) throw new Error(`The scheme ${scheme} was not registered before.`)
    handlers.set(scheme, handler)
  },
})

/** The address that Chromium loads for an address of the program. */
export function toChromium(address: string): string {
  const [, scheme, host, rest] = /^([a-z]+):\/\/([^/?#]*)(.*)$/.exec(address) ?? []
  return scheme !== undefined && registered.includes(scheme) ? `https://${host}.${scheme}.${suffix}${rest}` : address
}

/** The address of the program for one that Chromium shows. */
export function fromChromium(address: string): string {
  const [, host, scheme, rest] = /^https:\/\/([^/?#]*)\.([a-z]+)\.electron\.test(.*)$/.exec(address) ?? []
  return scheme !== undefined && registered.includes(scheme) ? `${scheme}://${host}${rest}` : address
}

/** The answer to a request of a page; null where no handler serves its scheme. */
export async function answerRequest(request: Request, address: string): Promise<Response | null> {
  const handler = handlers.get(new URL(address).protocol.slice(0, -1))
  if (handler === undefined) return null
  // A Request of Node refuses no scheme, but its URL must be the one that the program knows.
  return handler(new Request(address, { method: request.method, headers: request.headers }))
}
