import { z } from 'zod'
import { Severity } from '../../shared/model/alert.ts'

const text = z.string().min(1).max(1_000)
const timeoutMs = z.number().int().min(1_000).max(30_000).default(10_000)
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i

/** Whether a host is this machine: what goes there crosses no wire. */
const isLoopback = (host: string): boolean => loopback.test(host)

function isWebhookUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, username, password } = new URL(url)
  return (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) && username + password === ''
}

const Webhook = z.strictObject({
  /** Of Slack, Mattermost or a receiver of one's own. Whoever knows it can post there: it is as secret as a password. */
  url: text.refine(isWebhookUrl, { error: 'an https:// URL without a password (http:// for this machine alone)' }),
  /** Signs each message, so that a receiver can tell whose it is. */
  secret: z.string().min(16).max(200).nullable().default(null),
  /** PEM file, for a receiver whose certificate no public authority signed. */
  caFile: text.optional(),
  timeoutMs,
})

/** One address, as RFC 5321 has it, without a name: nothing in it can end a header. */
const Address = z.email()

const Email = z
  .strictObject({
    host: text.regex(/^[\w.:-]+$/, { error: 'a host name or an address' }),
    port: z.number().int().min(1).max(65_535).default(465),
    /** `tls` from the first byte, `starttls` before anything is said, `none` on this machine alone. */
    security: z.enum(['tls', 'starttls', 'none']).default('tls'),
    user: text.nullable().default(null),
    password: text.nullable().default(null),
    from: Address,
    to: z.array(Address).min(1).max(20),
    caFile: text.optional(),
    timeoutMs,
  })
  .refine(({ security, host }) => security !== 'none' || isLoopback(host), {
    path: ['security'],
    error: '"tls" or "starttls": mail goes unencrypted to this machine alone',
  })

/** How alerts are told. */
export const Notify = z.strictObject({
  /** From which severity on. */
  minSeverity: Severity.default('medium'),
  /** Ids of the rules whose alerts are told; null: of all. */
  rules: z.array(z.string().min(1)).max(200).nullable().default(null),
  /** The first alert is told at once; those that come within this time after a message go together into the next. */
  groupMs: z.number().int().min(0).max(3_600_000).default(30_000),
  /** Messages of a channel; beyond, alerts wait and go together into the next one. */
  perHour: z.number().int().min(1).max(1_000).default(30),
  /** Whether a desktop program on this engine shows them. */
  desktop: z.boolean().default(true),
  webhook: Webhook.nullable().default(null),
  email: Email.nullable().default(null),
})
