import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import { keep } from './teardown.ts'

export interface Relay {
  port: number
  /** The network is gone: connections break, new ones are refused. */
  cut(): void
  /** It is back, at the same address. */
  mend(): void
}

/** Looks at each piece of one connection before it is passed on; where it answers false the connection breaks instead. */
export interface Filter {
  request(chunk: Buffer): boolean
  answer(chunk: Buffer): boolean
}

/**
 * A stretch of network on loopback that a test can cut: passes on what comes to `port` to `targetPort`.
 * @param filterOf makes the filter of a new connection; without it everything passes
 */
export async function startRelay(targetPort: number, filterOf?: () => Filter): Promise<Relay> {
  const sockets = new Set<Socket>()
  let whole = true
  const server = createServer((near) => {
    if (!whole) {
      near.resetAndDestroy()
      return
    }
    const far = connect(targetPort, '127.0.0.1')
    const filter = filterOf?.()
    for (const [from, to, passes] of [
      [near, far, filter?.request],
      [far, near, filter?.answer],
    ] as const) {
      sockets.add(from)
      if (passes === undefined) from.pipe(to)
      else from.pipe(filtered(passes, from)).pipe(to)
      // A broken connection is what it is for.
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    whole = false
    for (const socket of sockets) socket.destroy()
  }
  keep({
    release: async () => {
      cut()
      server.close()
    },
    abandon: () => undefined,
  })
  return { port: (server.address() as AddressInfo).port, cut, mend: () => void (whole = true) }
}

/** What `passes` lets through; at the first piece that it does not, `broken` is destroyed. */
const filtered = (passes: (chunk: Buffer) => boolean, broken: Socket): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (passes(chunk)) done(null, chunk)
      else broken.destroy()
    },
  })
