import { refuseWords, type Command } from './command.ts'
import { table } from './table.ts'

export const stores: Command = {
  usage: 'stores',
  does: 'shows which session stores lie in Redis, how their sessions are revoked, and what that does not end',
  options: {},
  needs: ['redis', 'postgres'],
  async run({ client, args, answer }) {
    refuseWords(args, 'stores')
    const found = await client.system.sessionStores()
    answer(found, () =>
      [
        table(
          ['store', 'live sessions', 'keys'],
          found.stores.map(({ profile, sessions, patterns }) => [
            profile,
            sessions === null ? '?' : String(sessions),
            patterns.join(', '),
          ]),
        ),
        ...found.stores.flatMap(({ profile, how, doesNotEnd }) => [
          '',
          `${profile}: ${how}`,
          ...doesNotEnd.map((sentence) => `  not ended: ${sentence}`),
        ]),
        ...found.places.flatMap(({ prefix, others }) =>
          others.map(({ what, keys }) => `${prefix}: ${keys} keys, ${what}`),
        ),
      ].join('\n'),
    )
  },
}
