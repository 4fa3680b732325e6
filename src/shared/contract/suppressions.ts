import { z } from 'zod'
import { SuppressionId } from '../model/ids.ts'
import { Origin, TimeInput } from '../model/page.ts'
import { Suppression, SuppressionDraft, SuppressionPreview } from '../model/suppression.ts'
import { base, ReasonText } from './base.ts'

export const NewSuppression = SuppressionDraft.extend({
  reason: ReasonText,
  /** At most 366 days ahead. */
  expiresAt: TimeInput,
  forcedReason: ReasonText.nullable().default(null),
})
export type NewSuppression = z.infer<typeof NewSuppression>

export const suppressions = {
  list: base
    .route({ summary: 'Suppressions, the newest first: those at work, or those that are over, too.' })
    .input(z.object({ includeOver: z.boolean().default(false), limit: z.number().int().min(1).max(5000).default(500) }))
    .output(z.object({ rows: z.array(Suppression), origin: Origin })),
  preview: base
    .route({ summary: 'What a suppression would have hidden in the last 30 days; nothing happens.' })
    .input(SuppressionDraft)
    .output(SuppressionPreview),
  create: base
    .route({
      summary: 'Lets rules leave out events, from now on.',
      description:
        'One that would have hidden an alert that was closed as true is refused (REASON_REQUIRED) unless `forcedReason` says why. Both are on record.',
    })
    .input(NewSuppression)
    .output(Suppression),
  end: base
    .route({ summary: 'Ends a suppression now; what it left out stays left out.' })
    .input(z.object({ suppressionId: SuppressionId, reason: ReasonText }))
    .output(Suppression),
}
