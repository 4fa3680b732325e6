import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { keep } from './teardown.ts'

export interface Relay {
  port: number
  /** The network is gone: connections break, new ones are refused. */
  cut(): void
  /** It is back, at the same address. */
  mend(): void
}

/** A stretch of network on loopback that a test can cut: passes on what comes to `port` to `targetPort`. */
export async function startRelay(targetPort: number): Promise<Relay> {
  const sockets = new Set<Socket>()
  let whole = true
  const server = createServer((near) => {
    if (!whole) {
      near.resetAndDestroy()
      return
    }
    const far = connect(targetPort, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
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
