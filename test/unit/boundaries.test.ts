import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { createTempDir } from '../helpers/temp.ts'

/** A file of the repository, what it imports, and for a refused import what the message tells to do instead. */
type Case = [file: string, statement: string, instead?: string]

const refused: Case[] = [
  ['src/shared/model/user.ts', `import 'node:fs'`, 'shared code runs in every process and in the browser'],
  ['src/shared/model/user.ts', `import 'pg'`, 'Keep schemas and pure functions here'],
  ['src/shared/model/user.ts', `import '@orpc/client'`, 'do this where its caller is'],
  ['src/shared/model/user.ts', `import '../../main/log.ts'`, 'do this where its caller is'],
  ['src/preload/index.ts', `import 'zod'`, 'Do this in src/main/desktop or in src/renderer/api/port.ts'],
  ['src/preload/index.ts', `import '../shared/errors.ts'`, 'only hands over a port'],
  ['src/renderer/pages/Users.tsx', `import 'electron'`, 'Reach it through src/renderer/api/port.ts'],
  ['src/renderer/pages/Users.tsx', `import '../../main/engine/engine.ts'`, 'Call a procedure of src/shared/contract'],
  ['src/renderer/pages/Users.tsx', `import 'node:fs'`, 'let the engine or the host do it'],
  ['src/renderer/pages/Users.tsx', `import 'ioredis'`, 'let the engine or the host do it'],
  ['src/renderer/pages/Users.tsx', `window.gatehouse`, 'only src/renderer/api/port.ts knows the host'],
  ['src/renderer/pages/Users.tsx', `globalThis['gatehouse']`, 'only src/renderer/api/port.ts knows the host'],
  ['src/instrument/logger.ts', `import 'ioredis'`, 'Write "import type" and take the client as an argument'],
  ['src/instrument/logger.ts', `import '../main/log.ts'`, 'Move what both need to src/shared'],
  ['src/instrument/logger.ts', `import 'zod'`, 'Take what it needs as an argument'],
  ['src/main/index.ts', `import 'electron'`, 'let src/main/desktop do it'],
  ['src/main/index.ts', `import './web/server.ts'`, 'Do this in src/main/desktop'],
  ['src/main/headless.ts', `import './desktop/window.ts'`, 'Do this in src/main/web or in the engine'],
  ['src/main/cli.ts', `import 'electron'`, 'let src/main/desktop do it'],
  ['src/main/cli/search.ts', `import '../desktop/window.ts'`, 'Do this in src/main/web or in the engine'],
  ['src/main/log.ts', `import './engine/config.ts'`, 'Move this to the one that needs it'],
  ['src/main/desktop/window.ts', `import '../web/server.ts'`, 'Move what both need to src/shared'],
  ['src/main/desktop/window.ts', `import '../engine/engine.ts'`, 'Start it with src/main/engine/spawn.ts'],
  ['src/main/desktop/window.ts', `import 'react'`, 'let a page show it'],
  ['src/main/web/server.ts', `import '../desktop/window.ts'`, 'Move what both need to src/shared'],
  ['src/main/web/server.ts', `import 'electron'`, 'let src/main/desktop do it'],
  ['src/main/web/server.ts', `export * from '../engine/config.ts'`, 'Start it with src/main/engine/spawn.ts'],
  ['src/main/web/server.ts', `import 'express'`, 'Put logic behind the contract'],
  ['src/main/sample/worker.ts', `import '../engine/engine.ts'`, 'Give it what it needs as worker data'],
  ['src/main/sample/worker.ts', `import 'electron'`, 'let src/main/desktop do it'],
  ['src/main/engine/engine.ts', `import 'electron'`, 'Ask the host'],
  ['src/main/engine/engine.ts', `import '../desktop/window.ts'`, 'offer a procedure in the contract for it to call'],
  ['src/main/engine/engine.ts', `import '@mantine/core'`, 'let a page show it'],
  ['src/main/engine/engine.ts', `import 'vite'`, 'Add a driver to "dependencies" in package.json'],
  ['src/main/engine/queue/drain.ts', `import '../sessions/mirror.ts'`, 'send an event (src/main/engine/events.ts)'],
  [
    'src/main/engine/queue/drain.ts',
    `import type { Rule } from '../watch/rules/rule.ts'`,
    'domains do not know each other',
  ],
  ['src/main/engine/queue/drain.ts', `await import('../events/list.ts')`, 'Wire the two in src/main/engine/engine.ts'],
  [
    'src/main/engine/queue/drain.ts',
    `type Query = import('../search/query.ts').Query`,
    'move what both need to src/shared',
  ],
  ['src/main/engine/queue/drain.ts', `export { a } from '../engine.ts'`, 'Take what is needed as an argument'],
  ['src/main/engine/queue/drain.ts', `import 'react'`, 'let a page show it'],
  ['src/main/engine/redis/connection.ts', `import '../queue/drain.ts'`, 'Let the domain call the store'],
  ['src/main/engine/postgres/pool.ts', `import '../engine.ts'`, 'Let the domain call the store'],
  ['src/main/engine/sqlite/cache.ts', `import 'electron'`, 'Ask the host'],
  ['src/main/engine/events.ts', `import './queue/drain.ts'`, 'Wire them in src/main/engine/engine.ts'],
  ['src/somewhere/else.ts', `import 'zod'`, 'add its layer to scripts/lint/layers.mjs'],
  ['scripts/start.mjs', `import 'yaml'`, 'Use the modules of Node, or start the tool as a process'],
  ['scripts/resources/centres.mjs', `import 'yaml'`, 'Use the packages of its data'],
]

const allowed: Case[] = [
  ['src/shared/model/user.ts', `import 'zod'`],
  ['src/shared/contract/users.ts', `import '@orpc/contract'; import '../model/user.ts'`],
  ['src/shared/contract/users.ts', `import type { ClientContext } from '@orpc/client'`],
  ['src/preload/index.ts', `import 'electron'; import type { A } from '../shared/errors.ts'; import './world.ts'`],
  [
    'src/renderer/pages/Users.tsx',
    `import 'react'; import '@mantine/core/styles.css'; import '../../shared/errors.ts'`,
  ],
  ['src/renderer/pages/Users.tsx', `import '@orpc/client'; import '@orpc/tanstack-query'; import '../charts/line.ts'`],
  ['src/renderer/api/port.ts', `window.gatehouse`],
  [
    'src/instrument/logger.ts',
    `import type { Redis } from 'ioredis'; import 'node:crypto'; import '../shared/errors.ts'`,
  ],
  ['src/main/index.ts', `import './desktop/window.ts'; import './sample/start.ts'; import './log.ts'`],
  ['src/main/headless.ts', `import './web/server.ts'; import './engine/config.ts'; import './sample/start.ts'`],
  ['src/main/cli.ts', `import './cli/search.ts'; import './engine/spawn.ts'; import './headless.ts'`],
  ['src/main/desktop/window.ts', `import 'electron'; import '../engine/spawn.ts'; import '../../shared/errors.ts'`],
  ['src/main/web/server.ts', `import 'ws'; import '@orpc/server/ws'; import '../engine/spawn.ts'; import 'node:http'`],
  ['src/main/sample/worker.ts', `import '../../instrument/logger.ts'; import 'pg'; import '../resources.ts'`],
  ['src/main/engine/engine.ts', `import './queue/drain.ts'; import './redis/connection.ts'; import './spawn.ts'`],
  ['src/main/engine/queue/drain.ts', `import './lua/claim.ts'; import '../redis/connection.ts'; import '../events.ts'`],
  ['src/main/engine/queue/drain.ts', `import 'ioredis'; import 'node:crypto'; import '../../../shared/errors.ts'`],
  ['src/main/engine/postgres/pool.ts', `import 'pg'; import '../config.ts'; import '../../resources.ts'`],
  ['scripts/start.mjs', `import 'node:path'; import './lib/run.mjs'`],
  ['scripts/resources/centres.mjs', `import 'd3-geo'; import 'node:fs'`],
  ['test/unit/users.test.ts', `import '../../src/main/engine/queue/drain.ts'; import 'express'`],
]

interface Diagnostic {
  message: string
  code?: string
  filename: string
  labels: { span: { line: number } }[]
}

/** What the rules said, by `file:line`. */
let said: Map<string, string[]>

/** One run of oxlint over a folder laid out like the repository. A statement stands on the line of its case. */
beforeAll(async () => {
  const folder = await createTempDir()
  for (const [file, statements] of Map.groupBy([...refused, ...allowed], ([name]) => name)) {
    const copy = path.join(folder.path, file)
    await mkdir(path.dirname(copy), { recursive: true })
    await writeFile(copy, statements.map(([, statement]) => `${statement}\n`).join(''))
  }
  const oxlint = path.resolve('node_modules/oxlint/bin/oxlint')
  const args = [oxlint, '--config', path.resolve('.oxlintrc.json'), '--format', 'json']
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder.path, encoding: 'utf8' })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] }
  // A file that cannot be parsed would pass for one without mistakes.
  expect(diagnostics.filter(({ code }) => !code)).toEqual([])
  const ours = diagnostics.filter(({ code }) => code?.startsWith('boundaries('))
  const byLine = Map.groupBy(ours, ({ filename, labels }) => `${filename}:${labels[0]?.span.line}`)
  said = new Map([...byLine].map(([place, found]) => [place, found.map(({ message }) => message)]))
  // The linter takes a second or two, and on a busy machine many.
}, 60_000)

function saidAbout([file, statement]: Case): string[] {
  const ofFile = [...refused, ...allowed].filter(([name]) => name === file)
  const line = ofFile.findIndex(([, other]) => other === statement) + 1
  return said.get(`${file}:${line}`) ?? []
}

test.each(refused)('in %s, %s is refused', (file, statement, instead) => {
  const messages = saidAbout([file, statement])
  expect(messages).toHaveLength(1)
  expect(messages[0]).toContain(instead)
})

test.each(allowed)('in %s, %s is allowed', (file, statement) => {
  expect(saidAbout([file, statement])).toEqual([])
})
