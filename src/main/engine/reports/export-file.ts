import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import path from 'node:path'

/** A file that appears under its name only once it is complete and on disk. */
export interface ExportFileWriter {
  write(text: string): Promise<void>
  /** @returns what was written: `sha256` in 64 hex digits */
  finish(): Promise<{ bytes: number; sha256: string }>
  /** Removes what was written so far; nothing happens after finish(). */
  discard(): Promise<void>
}

/** Personal data: readable by the user who runs the engine alone. */
const privateFolder = { recursive: true, mode: 0o700 } as const
const privateFile = 0o600

/** Writes `<folder>/<id>/<name>`, until it is complete as `<folder>/<id>.part`. */
export async function createExportFile(folder: string, id: string, name: string): Promise<ExportFileWriter> {
  await mkdir(folder, privateFolder)
  const part = path.join(folder, `${id}.part`)
  const handle = await open(part, 'wx', privateFile)
  const hash = createHash('sha256')
  let bytes = 0
  let finished = false

  return {
    write: async (text) => {
      const chunk = Buffer.from(text)
      hash.update(chunk)
      bytes += chunk.length
      await handle.writeFile(chunk)
    },
    finish: async () => {
      await handle.sync()
      await handle.close()
      const target = path.join(folder, id)
      await mkdir(target, privateFolder)
      await rename(part, path.join(target, name))
      finished = true
      await syncFolder(target)
      return { bytes, sha256: hash.digest('hex') }
    },
    discard: async () => {
      if (finished) return
      await closeQuietly(handle)
      await rm(part, { force: true })
    },
  }
}

/** Puts the new name itself on disk. Windows has no way to open a folder, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function closeQuietly(handle: FileHandle): Promise<void> {
  // The file is removed next: that it could not be closed (it may be already) changes nothing.
  await handle.close().catch(() => undefined)
}
