import type { AnyCommand } from './command.ts'
import { commands } from './commands.ts'

const common = [
  ['--json', 'answer in JSON'],
  ['--redis-url URL', 'the Redis of the application (REDIS_URL)'],
  ['--postgres-url URL', 'the audit store (POSTGRES_URL)'],
  ['--home DIR', 'settings, cache, exports (GATEHOUSE_HOME, ~/.gatehouse)'],
  ['--KEY VALUE', 'any setting by its dotted name, as in --mirror.intervalMs 1000'],
] as const

/** The help of the program, or of one command. */
export function helpText(command?: AnyCommand): string {
  const options = Object.entries(command?.options ?? {}).map(
    ([name, { type, does }]) => [type === 'string' ? `--${name} …` : `--${name}`, does] as const,
  )
  const head =
    command === undefined
      ? [
          'gatehouse COMMAND',
          '',
          'Commands',
          '  serve [--port N] [--sample]',
          '      serves the screen in a browser on this machine; prints its address',
          ...Object.values(commands).flatMap(({ usage, does }) => [`  ${usage}`, `      ${does}`]),
        ]
      : [`gatehouse ${command.usage}`, '', command.does]
  return [
    ...head,
    '',
    'Options',
    ...[...options, ...common].map(([name, does]) => `  ${name.padEnd(22)}${does}`),
    '',
    'Exit code: 0 done, 1 failed, 2 wrong usage.',
  ].join('\n')
}
