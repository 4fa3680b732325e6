import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import type { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { copyField } from '../../../src/main/engine/postgres/copy-text.ts'
import { columnNames, eventTables } from '../../../src/main/engine/postgres/event-columns.ts'
import { decodeBatch } from '../../../src/main/engine/queue/decode/batch.ts'
import { openQueueWorld } from '../../services/queue-world.ts'
import { makeItem } from './items.ts'

const run = promisify(execFile)

/** A bare `\copy` of the rows that the drain would write, made beforehand, so that copying is all that is timed. */
export interface BareCopy {
  /** psql where it is installed. */
  with: 'psql' | 'pg-copy-streams'
  /** @returns milliseconds */
  run(): Promise<number>
}

export async function prepareCopy(
  postgresUrl: string,
  postgres: Client,
  events: number,
  folder: string,
): Promise<BareCopy> {
  const files = await writeFiles(events, folder)
  const withPsql = await run('psql', ['--version']).then(
    () => true,
    () => false,
  )
  return {
    with: withPsql ? 'psql' : 'pg-copy-streams',
    async run() {
      const startMs = performance.now()
      for (const { file, into, text } of files) {
        if (withPsql) await run('psql', [postgresUrl, '-qc', `\\copy ${into} from '${file}'`])
        else await pipeline(Readable.from(chunksOf(text)), postgres.query(copyFrom(`COPY ${into} FROM STDIN`)))
      }
      return performance.now() - startMs
    },
  }
}

interface CopyFile {
  file: string
  text: string
  /** `table (columns)` */
  into: string
}

async function writeFiles(count: number, folder: string): Promise<CopyFile[]> {
  const world = openQueueWorld({ redis: 'redis://127.0.0.1:1' })
  const items = Array.from({ length: count }, (_, n) => Buffer.from(makeItem(n)))
  const batch = { batchId: '1700000000000-queue-0123456789abcdef', items }
  const { events } = decodeBatch(batch, world.sessionIds, world.problems)
  await world.close()
  return Promise.all(
    Object.entries(eventTables).map(async ([kind, table]) => {
      const rows = events.filter((event) => event.kind === kind)
      const lines = rows.map((row) => table.columns.map((column) => copyField(column.text(row))).join('\t'))
      const file = path.join(folder, `${kind}.copy`)
      const text = `${lines.join('\n')}\n`
      await writeFile(file, text)
      return { file, text, into: `${table.name} (${columnNames(table)})` }
    }),
  )
}

function* chunksOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; from += 256 * 1024) yield text.slice(from, from + 256 * 1024)
}
