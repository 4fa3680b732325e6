import { readFileSync } from 'node:fs'
import type { LookupFunction } from 'node:net'
import { createTransport } from 'nodemailer'
import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import type { Config } from '../config-schema.ts'
import { isLinkLocal, refusal } from '../link-local.ts'
import { explainNetworkFailure } from '../network-failure.ts'
import { DeliveryError } from './delivery-error.ts'
import { guardedSocket } from './guarded-socket.ts'
import { moreText, type Message, type ToldAlert } from './message.ts'

export type EmailSettings = NonNullable<Config['notify']['email']>

/**
 * Mails a message as plain text, under a Message-ID of its own, so that a mailbox that gets it twice can tell.
 * Goes to no link-local or metadata address, whatever the host resolves to.
 * @throws DeliveryError
 */
export async function sendEmail(
  settings: EmailSettings,
  { id, message }: { id: string; message: Message },
  { allowLinkLocal, lookup }: { allowLinkLocal: boolean; lookup?: LookupFunction },
): Promise<void> {
  const { host, port, security, user, password, from, to, caFile, timeoutMs } = settings
  if (!allowLinkLocal && isLinkLocal(host)) throw new DeliveryError(refusal(host), { isFinal: true })
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    ...(caFile === undefined ? {} : { tls: { ca: readFileSync(caFile) } }),
    ...(allowLinkLocal ? {} : { getSocket: guardedSocket({ host, port, timeoutMs }, lookup) }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A message is made of texts alone: nothing that stands in them is ever opened.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    const sent = await transport.sendMail({
      from,
      to: [...to],
      subject: `[Gatehouse] ${message.headline}`,
      text: textOf(message),
      messageId: `<${id}@gatehouse>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Gatehouse-Delivery': id },
    })
    const refused = sent.rejected.map(String)
    // Some got it: to send it again would double it for them.
    if (refused.length > 0) throw new DeliveryError(`${host} refused ${refused.join(', ')}.`, { isFinal: true })
  } catch (error) {
    if (error instanceof DeliveryError) throw error
    if (error instanceof GatehouseError) throw new DeliveryError(error.message, { isFinal: true })
    throw explained(error, `${host}:${port}`)
  } finally {
    transport.close()
  }
}

/** Replies of 5yz are final, those of 4yz are not (RFC 5321, 4.2.1). A refused log-in is mended by people, and tried again. */
function explained(error: unknown, at: string): DeliveryError {
  const { code, responseCode } = error as { code?: string; responseCode?: number }
  if (code === 'EAUTH') {
    return new DeliveryError(`${at} refused the log-in: check notify.email.user and its password.`, { cause: error })
  }
  const isFinal = responseCode !== undefined && responseCode >= 500
  return new DeliveryError(explainNetworkFailure(error, at) ?? `${at}: ${messageOf(error)}`, { isFinal, cause: error })
}

function textOf(message: Message): string {
  const parts = [message.headline, ...message.alerts.map(alertText), moreText(message)]
  return `${parts.filter((part) => part !== null).join('\n\n')}\n\n-- \nGatehouse\n`
}

const alertText = ({ severity, title, about, summary, ruleId, lastEvent }: ToldAlert): string =>
  [
    `${severity}: ${title}`,
    `  ${summary}`,
    `  about: ${about}`,
    `  rule: ${ruleId}`,
    `  last event: ${lastEvent}`,
  ].join('\n')
