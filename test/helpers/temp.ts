import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { keep } from './teardown.ts'

export interface TempDir {
  /** Absolute, without symbolic links. */
  path: string
  remove: () => Promise<void>
}

/**
 * Makes an empty folder that is removed at the end of the test file at the latest. `shared` opens it to other users of
 * the machine: PostgreSQL does not run as root and has to reach its folder.
 */
export async function createTempDir({ shared = false } = {}): Promise<TempDir> {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'gatehouse-test-')))
  if (shared) await chmod(folder, 0o755)
  const options = { recursive: true, force: true, maxRetries: 5 }
  const remove = keep({ release: () => rm(folder, options), abandon: () => rmSync(folder, options) })
  return { path: folder, remove }
}
