import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { BacktestInput, BacktestMessage, EventFileName } from '../model/backtest.ts'
import { RuleFileInfo, RuleInfo } from '../model/rule.ts'
import { base } from './base.ts'

export const rules = {
  list: base
    .route({ summary: 'The rules that are loaded, their files with their tests, and the files that were refused.' })
    .output(
      z.object({
        rules: z.array(RuleInfo),
        files: z.array(RuleFileInfo),
        /** The message names file, line and field. */
        refused: z.array(z.object({ file: z.string(), message: z.string() })),
        /** Whether this engine's settings have the watcher on. */
        watching: z.boolean(),
      }),
    ),
  get: base
    .route({ summary: 'The text of a rule file as it is in use.' })
    .input(z.object({ file: z.string().min(1).max(300) }))
    .output(z.object({ file: z.string(), version: z.string(), text: z.string() })),
  eventFiles: base
    .route({
      summary: 'The files of events that a back-test can read: those in the folder `events` beside the settings.',
    })
    .output(
      z.object({
        folder: z.string(),
        files: z.array(z.object({ name: EventFileName, bytes: z.number(), changedAt: z.date() })),
      }),
    ),
  backtest: base
    .route({
      summary: 'Runs rules over past events, and says what alerts they would raise.',
      description:
        'Messages say how far it is; the last one holds the result. Leaving the stream early cancels. One runs at a time: another is refused with RATE_LIMITED.',
    })
    .input(BacktestInput)
    .output(eventIterator(BacktestMessage)),
}
