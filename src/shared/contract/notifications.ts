import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { Severity } from '../model/alert.ts'
import { Channel, ChannelStatus, DesktopNotice } from '../model/notification.ts'
import { base, Done } from './base.ts'

const Address = z.email().max(320)

/** Channels as they are to be; null takes one out, one that is left out stays as it is. */
export const NotifyChannels = z.object({
  webhook: z
    .object({ url: z.string().max(1_000), secret: z.string().min(16).max(200).nullable().default(null) })
    .nullable()
    .optional(),
  email: z
    .object({
      host: z.string().min(1).max(1_000),
      port: z.number().int().min(1).max(65_535).default(465),
      security: z.enum(['tls', 'starttls', 'none']).default('tls'),
      user: z.string().min(1).max(1_000).nullable().default(null),
      password: z.string().min(1).max(1_000).nullable().default(null),
      from: Address,
      to: z.array(Address).min(1).max(20),
    })
    .nullable()
    .optional(),
})
export type NotifyChannels = z.infer<typeof NotifyChannels>

export const notifications = {
  status: base.route({ summary: 'Where alerts are told, how that went, and what waits.' }).output(
    z.object({
      minSeverity: Severity,
      /** Ids of the rules whose alerts are told; null: of all. */
      rules: z.array(z.string()).nullable(),
      /** Alerts that come within this time of a message go together into the next. */
      groupMs: z.number(),
      channels: z.array(ChannelStatus),
    }),
  ),
  test: base
    .route({ summary: 'Sends a message that says that it is a trial, now and once.' })
    .input(z.object({ channel: Channel }))
    .output(z.object({ ok: z.boolean(), message: z.string(), tookMs: z.number() })),
  configure: base
    .route({
      summary:
        "Saves where alerts are told to the config file, and uses it; addresses of webhooks, secrets and passwords are sealed by the host's key.",
    })
    .input(NotifyChannels)
    .output(Done),
  desktop: base
    .route({ summary: 'What the desktop of this console is to show, as it happens.' })
    .output(eventIterator(DesktopNotice)),
}
