import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { ExportFile, ExportSpec } from '../../../shared/contract/reports.ts'
import { eventColumns, sessionColumns, type ColumnNames } from '../../../shared/model/columns.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import type { ExportId } from '../../../shared/model/ids.ts'
import type { Session } from '../../../shared/model/session.ts'
import { createExportFile } from './export-file.ts'
import { csvFormat, jsonLinesFormat, type RowFormat } from './format.ts'
import { removeStaleExports } from './sweep.ts'

/** All rows that a query selects, page after page, as they were at one moment. */
export interface Snapshot<Row> {
  readonly store: 'postgres' | 'cache'
  readonly pages: AsyncIterable<readonly Row[]>
}

export interface ExportDeps {
  /** The engine's folder: exports lie in its `exports`. */
  readonly home: string
  readonly events: (query: string, upTo: Date) => Promise<Snapshot<AuditEvent>>
  readonly sessions: (query: string, upTo: Date) => Promise<Snapshot<Session>>
  readonly now?: () => Date
}

/** At most 10 messages a second. */
const progressIntervalMs = 100

export interface ExportProgress {
  readonly rows: number
  /** In the last message alone. */
  readonly file: ExportFile | null
}

export interface Exports {
  /**
   * Writes what the query selects, dated up to the start, to `<home>/exports/<exportId>/<name>`, with at most 10 messages
   * a second. Leaving the iterator early, or aborting the signal, cancels and removes what was written. The name ends in
   * `-cached` where PostgreSQL was away.
   */
  exportRows(spec: ExportSpec, signal?: AbortSignal): AsyncGenerator<ExportProgress, void, void>
  /** Writes a text, to be fetched as an export is; `rows` are its lines. */
  exportText(name: string, text: string): Promise<ExportFile>
  /** Removes exports that nobody fetched within a day. */
  sweep(): Promise<void>
}

export function createExports({ home, events, sessions, now = () => new Date() }: ExportDeps): Exports {
  const folder = path.join(home, 'exports')
  return {
    exportRows: (spec, signal) => {
      const startedAt = now()
      const job = { folder, spec, startedAt, signal }
      return spec.source === 'events'
        ? write(job, () => events(spec.query, startedAt), eventColumns)
        : write(job, () => sessions(spec.query, startedAt), sessionColumns)
    },
    exportText: async (name, text) => {
      const exportId = randomUUID() as ExportId
      const file = await createExportFile(folder, exportId, name)
      try {
        await file.write(text)
        return { exportId, name, rows: text.split('\n').length - 1, ...(await file.finish()) }
      } finally {
        await file.discard()
      }
    },
    sweep: () => removeStaleExports(folder, now().getTime()),
  }
}

interface Job {
  readonly folder: string
  readonly spec: ExportSpec
  readonly startedAt: Date
  readonly signal: AbortSignal | undefined
}

async function* write<Row>(
  { folder, spec, startedAt, signal }: Job,
  open: () => Promise<Snapshot<Row>>,
  columns: ColumnNames<Row>,
): AsyncGenerator<ExportProgress, void, void> {
  const { store, pages } = await open()
  const exportId = randomUUID() as ExportId
  const name = fileName(spec, startedAt, store)
  const format: RowFormat<Row> = spec.format === 'csv' ? csvFormat(columns) : jsonLinesFormat(columns)
  const file = await createExportFile(folder, exportId, name)
  let rows = 0
  let reportedMs = performance.now()
  try {
    await file.write(format.head())
    for await (const page of pages) {
      if (signal?.aborted) return
      await file.write(format.page(page))
      rows += page.length
      if (performance.now() - reportedMs < progressIntervalMs) continue
      reportedMs = performance.now()
      yield { rows, file: null }
    }
    if (signal?.aborted) return
    yield { rows, file: { exportId, name, rows, ...(await file.finish()) } }
  } finally {
    await file.discard()
  }
}

/** `gatehouse-events-2026-11-20T10-00-00Z.csv`: no colon, which Windows refuses. */
function fileName({ source, format }: ExportSpec, at: Date, store: Snapshot<unknown>['store']): string {
  const moment = `${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`
  return `gatehouse-${source}-${moment}${store === 'cache' ? '-cached' : ''}.${format}`
}
