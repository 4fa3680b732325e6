import { numberOption, type Command } from './command.ts'
import { table } from './table.ts'

export const alerts: Command = {
  usage: 'alerts [--limit N]',
  does: 'lists alerts, newest first',
  options: { limit: { type: 'string', does: 'the most alerts to show (50)' } },
  needs: [],
  async run({ client, args, answer }) {
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
