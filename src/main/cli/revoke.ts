import { SessionId } from '../../shared/model/ids.ts'
import { ReasonCode, type RevocationTarget, type SessionOutcome } from '../../shared/model/revocation.ts'
import { textOption, UsageError, type Command } from './command.ts'
import { table } from './table.ts'

export const revoke: Command = {
  usage: 'revoke user:NAME|session:ID --reason TEXT [--code CODE] [--yes]',
  does: 'ends one session or all sessions of a user; without --yes only the plan is shown',
  options: {
    reason: { type: 'string', does: 'why; goes on record' },
    code: { type: 'string', does: `the kind of reason: ${ReasonCode.options.join(', ')} (other)` },
    yes: { type: 'boolean', does: 'do it' },
  },
  needs: ['redis', 'postgres'],
  async run({ client, args, answer, line }) {
    const target = readTarget(args.words)
    const text = textOption(args, 'reason')
    if (text === undefined) throw new UsageError('revoke needs --reason: the act goes on record')
    const code = ReasonCode.safeParse(textOption(args, 'code') ?? 'other')
    if (!code.success) throw new UsageError(`--code takes ${ReasonCode.options.join(', ')}`)
    const plan = await client.revocations.plan({ target })
    if (args.options['yes'] !== true) {
      answer(plan, () =>
        [
          `${plan.count} session(s) of ${plan.users.join(', ') || 'unknown users'} would end:`,
          table(
            ['session', 'user', 'address', 'store'],
            plan.sample.map((session) => [
              session.sessionId.slice(0, 12),
              session.userId ?? '-',
              session.ipAddress ?? '-',
              session.profile,
            ]),
          ),
          ...plan.willNotEnd.map((sentence) => `Not ended: ${sentence}`),
          'Nothing was done. Add --yes to do it.',
        ].join('\n'),
      )
      return
    }
    const outcomes: SessionOutcome[] = []
    const reason = { code: code.data, text }
    for await (const step of await client.revocations.execute({
      planId: plan.planId,
      reason,
      confirmCount: plan.count,
    })) {
      if (step.outcome === null) continue
      outcomes.push(step.outcome)
      if (args.options['json'] !== true)
        line(`${step.outcome.sessionId.slice(0, 12)}  ${step.outcome.outcome}  ${step.outcome.detail ?? ''}`)
    }
    const ended = outcomes.filter(({ outcome }) => outcome === 'verified' || outcome === 'absent').length
    answer({ planId: plan.planId, total: plan.count, ended, outcomes }, () => `${ended} of ${plan.count} ended`)
    if (ended < plan.count) process.exitCode = 1
  },
}

function readTarget(words: readonly string[]): RevocationTarget {
  const [query, ...rest] = words
  const [, kind, value] = /^(user|session):"?([^"]+)"?$/.exec(query ?? '') ?? []
  if (rest.length > 0 || value === undefined) throw new UsageError('revoke takes user:NAME or session:ID')
  return kind === 'user' ? { kind: 'user', userId: value } : { kind: 'session', sessionId: SessionId.parse(value) }
}
