import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { keep } from './teardown.ts'

export interface ReceivedPost {
  headers: IncomingMessage['headers']
  url: string
  body: string
}

export interface WebhookReceiver {
  port: number
  url: string
  /** All that came, the refused ones too. */
  posts: ReceivedPost[]
  stop: () => Promise<void>
}

/** A receiver of webhooks. @param answer writes the answer; by default 200 */
export async function startReceiver(
  options: {
    port?: number
    tls?: { cert: Buffer; key: Buffer }
    answer?: (post: ReceivedPost, response: ServerResponse) => void
  } = {},
): Promise<WebhookReceiver> {
  const { port: wanted = 0, tls, answer = (_post, response) => void response.end('ok') } = options
  const posts: ReceivedPost[] = []
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece: string) => (body += piece))
    request.on('end', () => {
      const post = { headers: request.headers, url: request.url ?? '', body }
      posts.push(post)
      answer(post, response)
    })
  }
  const server = tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest)
  server.listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const release = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  const stop = keep({ release, abandon: () => undefined })
  return {
    port,
    url: `${tls === undefined ? 'http://127.0.0.1' : 'https://localhost'}:${port}/hook/secret-path`,
    posts,
    stop,
  }
}
