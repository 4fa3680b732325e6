import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { Severity } from '../model/alert.ts'
import { Channel, ChannelStatus, DesktopNotice } from '../model/notification.ts'
import { base } from './base.ts'

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
  desktop: base
    .route({ summary: 'What the desktop of this console is to show, as it happens.' })
    .output(eventIterator(DesktopNotice)),
}
