import type { MessagePort } from 'node:worker_threads'
import { WebSocket, type RawData } from 'ws'

/** A page that hangs must not fill this process: it connects again when it wakes up. */
const maxWaitingBytes = 16 * 1024 * 1024
/** Two missed pings, and the other side is taken for gone. */
const pingEveryMs = 15_000

/** Close codes of RFC 6455 and its registry. */
const engineGone = 1012
const tooSlow = 1013

/** Carries bytes both ways between a page and the engine, and closes either when the other is gone. */
export function pump(socket: WebSocket, port: MessagePort, onAlive: () => void): void {
  let alive = true
  const heartbeat = setInterval(() => {
    if (!alive) return socket.terminate()
    alive = false
    socket.ping()
  }, pingEveryMs)
  socket.on('pong', () => {
    alive = true
    onAlive()
  })

  socket.on('message', (data, isBinary) => port.postMessage(isBinary ? bytesOf(data) : bytesOf(data).toString()))
  port.on('message', (data: string | Uint8Array) => {
    if (socket.readyState !== WebSocket.OPEN) return
    if (socket.bufferedAmount > maxWaitingBytes) socket.close(tooSlow, 'too far behind')
    else socket.send(data)
  })

  socket.on('close', () => {
    clearInterval(heartbeat)
    port.close()
  })
  // What failed is followed by "close": an oversize message, say, which ws answers with code 1009 by itself.
  socket.on('error', () => socket.terminate())
  port.on('close', () => socket.close(engineGone, 'the engine closed the connection'))
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}
