import { numberOption, type Command, choiceOption, UsageError } from './command.ts'

const pageSize = 1_000

export const search: Command = {
  usage: 'search QUERY [--of events|sessions] [--limit N]',
  does: 'finds events or sessions, newest first, as JSON Lines',
  options: {
    of: { type: 'string', does: 'what to search: events (default) or sessions' },
    limit: { type: 'string', does: 'the most rows to print (1000); 0 prints all' },
  },
  needs: [],
  async run({ client, args, line, signal }) {
    const [query, ...rest] = args.words
    if (query === undefined || rest.length > 0) throw new UsageError('search takes one query: put it in quotes')
    const of = choiceOption(args, 'of', ['events', 'sessions'])
    const most = numberOption(args, 'limit', pageSize, 0) || Number.POSITIVE_INFINITY
    let cursor: string | null = null
    let printed = 0
    do {
      const page = { query, cursor, limit: Math.min(pageSize, most - printed) }
      const found: { rows: readonly unknown[]; nextCursor: string | null } =
        of === 'events' ? await client.events.search(page, { signal }) : await client.sessions.search(page, { signal })
      for (const row of found.rows) line(JSON.stringify(row))
      printed += found.rows.length
      cursor = found.nextCursor
    } while (cursor !== null && printed < most)
  },
}
