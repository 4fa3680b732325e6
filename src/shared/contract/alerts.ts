import { z } from 'zod'
import { Alert } from '../model/alert.ts'
import { AuditEvent } from '../model/event.ts'
import { AlertId } from '../model/ids.ts'
import { Origin } from '../model/page.ts'
import { base } from './base.ts'

export const alerts = {
  list: base
    .route({ summary: 'Alerts by episode, newest first.' })
    .input(z.object({ limit: z.number().int().min(1).max(1000).default(200) }))
    .output(z.object({ rows: z.array(Alert), origin: Origin })),
  get: base
    .route({
      summary:
        'One alert with its evidence, oldest event first; `missingEvents` are those that the store no longer has.',
    })
    .input(z.object({ alertId: AlertId }))
    .output(z.object({ alert: Alert, events: z.array(AuditEvent), missingEvents: z.number(), origin: Origin })),
  rules: base.route({ summary: 'The rules that run, and the files that were refused, with the reason.' }).output(
    z.object({
      rules: z.array(
        z.object({
          ruleId: z.string(),
          version: z.string(),
          title: z.string(),
          severity: z.string(),
          file: z.string(),
        }),
      ),
      refused: z.array(z.object({ file: z.string(), message: z.string() })),
    }),
  ),
}
