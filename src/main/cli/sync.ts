import { refuseWords, UsageError, type Command } from './command.ts'

export const sync: Command = {
  usage: 'sync --once',
  does: 'reconciles the mirror once and drains the queue until it is empty',
  options: { once: { type: 'boolean', does: 'needed: to sync without end, use serve' } },
  needs: ['redis', 'postgres'],
  async run({ syncOnce, args, answer, signal }) {
    refuseWords(args, 'sync')
    if (args.options['once'] !== true) throw new UsageError('sync takes --once; to sync without end, use serve')
    const summary = await syncOnce(signal)
    const { mirror, leader, queue } = summary
    answer(summary, () =>
      [
        mirror === null
          ? `sessions: ${leader ?? 'another engine'} mirrors them`
          : `sessions: ${mirror.scanned} seen, ${mirror.created} new, ${mirror.changed} changed, ${mirror.ended} ended`,
        `events: ${queue.stored} stored, ${queue.duplicates} known already, ${queue.failed} failed`,
      ].join('\n'),
    )
  },
}
