import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import type { Config } from '../config-schema.ts'
import { isLinkLocal, refusal } from '../link-local.ts'
import { explainNetworkFailure } from '../network-failure.ts'
import { DeliveryError } from './delivery-error.ts'
import { guardedLookup } from './guarded-lookup.ts'
import type { Message } from './message.ts'
import { slackBody } from './slack.ts'

export type WebhookSettings = NonNullable<Config['notify']['webhook']>

/** Of an answer nothing is used but its beginning, in the reason of a failure. */
const maxAnswerBytes = 1_024
const longestRetryAfterMs = 3_600_000

/**
 * HMAC-SHA-256 in hex over the time (seconds since 1970), a dot and the body: a receiver that checks the time as well takes
 * no message twice that somebody recorded.
 */
export const signatureOf = (secret: string, timestamp: number, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`

/**
 * Posts a message. Follows no redirect; goes to no link-local or metadata address, whatever a name resolves to.
 * @throws DeliveryError
 */
export async function postWebhook(
  settings: WebhookSettings,
  { id, message }: { id: string; message: Message },
  { allowLinkLocal }: { allowLinkLocal: boolean },
): Promise<void> {
  const url = new URL(settings.url)
  if (!allowLinkLocal && isLinkLocal(url.hostname)) throw new DeliveryError(refusal(url.hostname), { isFinal: true })
  const body = slackBody(message)
  const timestamp = Math.floor(Date.now() / 1_000)
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'User-Agent': 'Gatehouse',
    'X-Gatehouse-Delivery': id,
    'X-Gatehouse-Timestamp': String(timestamp),
    ...(settings.secret === null ? {} : { 'X-Gatehouse-Signature': signatureOf(settings.secret, timestamp, body) }),
  }
  const { status, retryAfter, text } = await post(
    url,
    {
      method: 'POST',
      headers,
      signal: AbortSignal.timeout(settings.timeoutMs),
      lookup: allowLinkLocal ? undefined : guardedLookup(),
      ...(settings.caFile === undefined ? {} : { ca: readFileSync(settings.caFile) }),
    },
    body,
  )
  if (status >= 200 && status < 300) return
  const said = `${url.host} answered ${status}${text === '' ? '' : `: ${text}`}`
  if (status >= 300 && status < 400) {
    throw new DeliveryError(`${said}. Redirects are not followed: give the address that it leads to.`, {
      isFinal: true,
    })
  }
  // 408 and 429 ask for another try (RFC 9110, RFC 6585); what else is 4xx will be the same next time.
  const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429
  throw new DeliveryError(said, { isFinal, retryAfterMs: retryAfterMs(retryAfter) })
}

interface Answer {
  status: number
  retryAfter: string | undefined
  text: string
}

async function post(url: URL, options: RequestOptions, body: string): Promise<Answer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  try {
    const request = send(url, { ...options, agent: false })
    const responded = once(request, 'response')
    // What fails once the answer has begun fails in reading it, too.
    request.on('error', () => undefined)
    request.end(body)
    const [response] = (await responded) as [IncomingMessage]
    return await readAnswer(response)
  } catch (error) {
    if (error instanceof GatehouseError) throw new DeliveryError(error.message, { isFinal: true })
    const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
    const reason = isLate
      ? `${url.host} did not answer in time: check the address and the load of the receiver.`
      : (explainNetworkFailure(error, url.host) ?? messageOf(error))
    throw new DeliveryError(reason, { cause: error })
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  let text = ''
  response.setEncoding('utf8')
  for await (const piece of response) {
    text += String(piece)
    if (text.length >= maxAnswerBytes) break
  }
  response.destroy()
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'],
    text: text
      .slice(0, 200)
      .replaceAll(/\p{Cc}+/gu, ' ')
      .trim(),
  }
}

/** Seconds alone: a date is a promise that nobody keeps to the second. */
function retryAfterMs(header: string | undefined): number | null {
  const seconds = Number(header ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, longestRetryAfterMs) : null
}
