import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { keep } from './teardown.ts'

export interface ReceivedMail {
  from: string
  to: string[]
  /** The message as it came: headers, an empty line, the body. */
  raw: string
}

export interface MailServer {
  port: number
  mails: ReceivedMail[]
  stop: () => Promise<void>
}

/**
 * A mail server that takes what comes and keeps it.
 * @param options as of smtp-server; `answer` may refuse a message: its error's `responseCode` is what the sender is told
 */
export async function startMailServer(
  options: SMTPServerOptions & { port?: number; answer?: (mail: ReceivedMail) => Error | null } = {},
): Promise<MailServer> {
  const { port: wanted = 0, answer = () => null, ...server } = options
  const mails: ReceivedMail[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    logger: false,
    closeTimeout: 500,
    ...server,
    onData(stream, session, callback) {
      const pieces: Buffer[] = []
      stream.on('data', (piece: Buffer) => pieces.push(piece))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom === false ? '' : mailFrom.address
        const mail = { from, to: rcptTo.map(({ address }) => address), raw: Buffer.concat(pieces).toString('utf8') }
        const refusal = answer(mail)
        if (refusal === null) mails.push(mail)
        callback(refusal)
      })
    },
  })
  smtp.on('error', () => undefined)
  smtp.listen(wanted, '127.0.0.1')
  await once(smtp.server, 'listening')
  const { port } = smtp.server.address() as AddressInfo
  const stop = keep({ release: () => new Promise<void>((done) => smtp.close(() => done())), abandon: () => undefined })
  return { port, mails, stop }
}
