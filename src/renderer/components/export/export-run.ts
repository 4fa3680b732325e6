import type { ExportFile, ExportSpec } from '../../../shared/contract/reports.ts'
import type { EngineConnection } from '../../api/port.ts'
import { endJob, putJob } from '../../app/jobs.ts'
import { createStore } from '../../app/store.ts'

export type ExportRun =
  | { readonly state: 'running'; readonly rows: number; readonly cancel: () => void }
  | { readonly state: 'saved'; readonly file: ExportFile }
  | { readonly state: 'cancelled' }
  | { readonly state: 'failed'; readonly error: unknown }

/** The export under way, or how the last one ended. */
export const exporting = createStore<ExportRun | null>(null)

const jobId = 'export'

/** Lets the engine write the file, then lets the host put it where the user wants it. Leaving the stream cancels. */
export async function startExport(
  { client, saveExport }: EngineConnection,
  spec: ExportSpec,
  open: () => void,
): Promise<void> {
  const leaving = new AbortController()
  const cancel = () => leaving.abort()
  const progress = (rows: number) => {
    exporting.set({ state: 'running', rows, cancel })
    putJob({ id: jobId, label: `Exporting ${spec.source}:`, done: rows, total: null, open })
  }
  progress(0)
  try {
    const file = await written(client, spec, leaving.signal, progress)
    const outcome = file === null ? 'cancelled' : await saveExport(file)
    exporting.set(file === null || outcome === 'cancelled' ? { state: 'cancelled' } : { state: 'saved', file })
  } catch (error) {
    exporting.set({ state: 'failed', error })
  } finally {
    endJob(jobId)
  }
}

/** The finished file; null if it was cancelled. */
async function written(
  client: EngineConnection['client'],
  spec: ExportSpec,
  signal: AbortSignal,
  onRows: (rows: number) => void,
): Promise<ExportFile | null> {
  for await (const { rows, file } of await client.reports.export(spec)) {
    if (signal.aborted) return null
    if (file !== null) return file
    onRows(rows)
  }
  return null
}
