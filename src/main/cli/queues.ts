import { numberOption, refuseWords, textOption, UsageError, type Command, type CommandContext } from './command.ts'
import { table } from './table.ts'

export const queues: Command = {
  usage: 'queues [--peek queue|critical|stream | --failed | --requeue ID|all | --discard ID|all --reason TEXT]',
  does: 'shows how the queues stand, looks into them, and handles what failed',
  options: {
    peek: { type: 'string', does: 'show waiting items of queue, critical or stream, oldest first' },
    failed: { type: 'boolean', does: 'show what could not be written, and why' },
    requeue: { type: 'string', does: 'put a failed item, or all, back into the queue' },
    discard: { type: 'string', does: 'remove a failed item, or all, for good' },
    reason: { type: 'string', does: 'why; goes on record' },
    limit: { type: 'string', does: 'the most items to show (50)' },
  },
  needs: ['redis'],
  async run(context) {
    const { args } = context
    const acts = ['peek', 'failed', 'requeue', 'discard'].filter((name) => args.options[name] !== undefined)
    refuseWords(args, 'queues')
    if (acts.length > 1) throw new UsageError(`--${acts[0]} and --${acts[1]} exclude each other`)
    if (acts[0] === 'peek') return peek(context)
    if (acts[0] === 'failed') return failed(context)
    if (acts[0] === 'requeue' || acts[0] === 'discard') return handle(context, acts[0])
    const status = await context.client.queues.status()
    context.answer(status, () =>
      [
        table(
          ['queue', 'key', 'waiting', 'oldest'],
          status.queues.map(({ name, key, depth, oldestAgeMs }) => [
            name,
            key,
            String(depth),
            oldestAgeMs === null ? '-' : `${Math.round(oldestAgeMs / 1000)} s`,
          ]),
        ),
        `limit ${status.pressure.depthLimit}: ${status.pressure.overflowEvents} events met it, ${status.pressure.droppedEvents} were dropped`,
        ...status.leases.map(
          (lease) =>
            `batch ${lease.batchId}: ${lease.size} items, held by ${lease.owner}, ${lease.remainingMs} ms left`,
        ),
      ].join('\n'),
    )
  },
}

async function peek({ client, args, answer }: CommandContext): Promise<void> {
  const name = textOption(args, 'peek')
  if (name !== 'queue' && name !== 'critical' && name !== 'stream') {
    throw new UsageError('--peek takes queue, critical or stream')
  }
  const found = await client.queues.peek({ name, limit: numberOption(args, 'limit', 50, 1) })
  answer(found, () => found.items.map((item) => `${item.index}  ${item.text}`).join('\n') || `${name} is empty`)
}

async function failed({ client, args, answer }: CommandContext): Promise<void> {
  const found = await client.queues.failed({ limit: numberOption(args, 'limit', 50, 1) })
  answer(found, () =>
    found.items.length === 0
      ? 'nothing failed'
      : found.items
          .map((item) => `${item.failedId}  ${item.failedAt.toISOString()}  ${item.reason}\n    ${item.text}`)
          .join('\n'),
  )
}

async function handle({ client, args, answer }: CommandContext, act: 'requeue' | 'discard'): Promise<void> {
  const which = textOption(args, act)
  const reason = textOption(args, 'reason')
  if (which === undefined) throw new UsageError(`--${act} takes the id of a failed item, or all`)
  if (reason === undefined) throw new UsageError(`--${act} needs --reason: the act goes on record`)
  const selection = which === 'all' ? { all: true as const } : { failedIds: [which] }
  if (act === 'requeue') {
    const done = await client.queues.requeue({ selection, reason })
    answer(done, () => `${done.moved} back in the queue`)
  } else {
    const done = await client.queues.discard({ selection, reason })
    answer(done, () => `${done.discarded} discarded`)
  }
}
