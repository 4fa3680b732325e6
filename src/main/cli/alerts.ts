import type { Alert } from '../../shared/model/alert.ts'
import { byBeginning, findingLine } from '../engine/watch/backtest/finding-line.ts'
import { numberOption, refuseWords, type Command, type CommandContext } from './command.ts'
import { table } from './table.ts'

const pageSize = 1_000

export const alerts: Command = {
  usage: 'alerts [--limit N] [--findings]',
  does: 'lists alerts, newest first',
  options: {
    limit: { type: 'string', does: 'the most alerts to show (50)' },
    findings: {
      type: 'boolean',
      does: 'print all, oldest first, as backtest does: what the rules said, as JSON Lines',
    },
  },
  needs: [],
  async run(context) {
    const { client, args, answer } = context
    refuseWords(args, 'alerts')
    if (args.options['findings'] === true) return printFindings(context)
    const found = await client.alerts.list({ limit: numberOption(args, 'limit', 50, 1) })
    answer(found.rows, () =>
      found.rows.length === 0
        ? 'no alerts'
        : table(
            ['until', 'severity', 'state', 'why'],
            found.rows.map((alert) => [alert.windowEnd.toISOString(), alert.severity, alert.state, alert.summary]),
          ),
    )
  },
}

async function printFindings({ client, line }: CommandContext): Promise<void> {
  const all: Alert[] = []
  for (let cursor: string | null = null; ;) {
    const page: { rows: Alert[]; nextCursor: string | null } = await client.alerts.list({ cursor, limit: pageSize })
    all.push(...page.rows)
    cursor = page.nextCursor
    if (cursor === null) break
  }
  for (const alert of all.toSorted(byBeginning)) line(findingLine(alert))
}
