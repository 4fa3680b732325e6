import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { ExportId } from '../../../shared/model/ids.ts'

const maxAgeMs = 24 * 60 * 60_000

/** Removes exports older than a day that nobody fetched, and what a crash left half written; nothing else. */
export async function removeStaleExports(folder: string, nowMs: number): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  for (const name of names.filter((found) => ExportId.safeParse(found.replace(/\.part$/, '')).success)) {
    const entry = path.join(folder, name)
    const { mtimeMs } = await stat(entry)
    if (nowMs - mtimeMs > maxAgeMs) await rm(entry, { recursive: true, force: true })
  }
}
