import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { BacktestInput, BacktestMessage, EventFileName, ProofCheckInput, ProofCheckMessage } from '../model/backtest.ts'
import { RuleCheck, RuleDraft, RuleFileInfo, RuleInfo } from '../model/rule.ts'
import { base, ReasonText } from './base.ts'

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
    .route({
      summary:
        'The text of a rule file: as it is in use, or as it lies in its folder, where it may be a newer one that was refused.',
    })
    .input(z.object({ file: z.string().min(1).max(300), which: z.enum(['used', 'newest']).default('used') }))
    .output(z.object({ file: z.string(), version: z.string(), text: z.string() })),
  check: base
    .route({
      summary:
        'What would come of a rule file as it is edited: why it would be refused, or how its tests end; nothing is kept.',
    })
    .input(RuleDraft)
    .output(RuleCheck),
  save: base
    .route({
      summary:
        "Saves a rule file into the folder of one's own rules, where it takes the place of a shipped one of its name.",
      description:
        'A file that would be refused is not saved, nor is one that somebody else has changed since (`replaces`). It is on record, and in use when this answers.',
    })
    .input(
      RuleDraft.extend({
        /** Version of the newest file of that name, as it was edited; null: there was none. */
        replaces: z.string().max(100).nullable(),
        reason: ReasonText,
      }),
    )
    .output(z.object({ path: z.string(), version: z.string() })),
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
  verify: base
    .route({
      summary: 'Runs the proof of a back-test again, and says whether it holds.',
      description: 'As a back-test does, and one at a time with them.',
    })
    .input(ProofCheckInput)
    .output(eventIterator(ProofCheckMessage)),
}
