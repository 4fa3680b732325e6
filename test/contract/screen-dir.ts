import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createTempDir } from '../helpers/temp.ts'

/** A folder with the smallest screen that a web host can serve: for tests of the host that need no build. */
export async function createScreenDir(): Promise<string> {
  const { path: dir } = await createTempDir()
  await writeFile(path.join(dir, 'index.html'), '<!doctype html><meta name="csp-nonce" content="%CSP_NONCE%">')
  return dir
}
