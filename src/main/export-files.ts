import { lstat, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { ExportId } from '../shared/model/ids.ts'

/** A finished export, waiting in the engine's folder until its host hands it over. */
export interface WaitingExport {
  file: string
  name: string
  bytes: number
  remove(): Promise<void>
}

/**
 * Finds the one file of `<home>/exports/<id>/`. null where the id is none, nothing waits under it, or what is there is
 * not one plain file: a link is never followed.
 */
export async function findExport(home: string, id: string): Promise<WaitingExport | null> {
  if (!ExportId.safeParse(id).success) return null
  const folder = path.join(home, 'exports', id)
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
  const [name, ...others] = names
  if (name === undefined || others.length > 0) return null
  const file = path.join(folder, name)
  const found = await lstat(file)
  if (!found.isFile()) return null
  return { file, name, bytes: found.size, remove: () => rm(folder, { recursive: true, force: true }) }
}
