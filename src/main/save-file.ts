import { randomUUID } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { lstat, open, rename, rm, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { GatehouseError } from '../shared/errors.ts'

/** Names that Windows gives to devices, with any extension (Microsoft, "Naming Files, Paths, and Namespaces"). */
const deviceName = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i
/** Characters that name something else than a plain file on some system: streams, wildcards, control characters. */
const strangeName = /[<>:"|?*\\/\p{Cc}]|[. ]$/u

/**
 * Puts a copy of `source` at `target`, which the user chose: whole or not at all, also if the machine dies meanwhile.
 * A plain file that is there is replaced. Throws FORBIDDEN for a name that no plain file should have, and where a link
 * or a folder is in the way.
 */
export async function saveAs(source: string, target: string): Promise<void> {
  const { dir, base } = path.parse(path.resolve(target))
  if (deviceName.test(base) || strangeName.test(base)) {
    throw new GatehouseError('FORBIDDEN', `"${base}" is not a name for a file. Choose another.`, { name: base })
  }
  await refuseObstacle(path.join(dir, base))
  const draft = path.join(dir, `.${base.slice(0, 100)}.${randomUUID()}.part`)
  try {
    const file = await open(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    await copyAndSync(source, file)
    await rename(draft, path.join(dir, base))
    await syncFolder(dir)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function refuseObstacle(target: string): Promise<void> {
  const found = await lstat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (found === null || found.isFile()) return
  const what = found.isSymbolicLink() ? 'a link' : found.isDirectory() ? 'a folder' : 'no plain file'
  throw new GatehouseError('FORBIDDEN', `${target} is ${what}. Choose another name.`, { target })
}

async function copyAndSync(source: string, file: FileHandle): Promise<void> {
  try {
    await file.writeFile(createReadStream(source))
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the new name last. Windows cannot open a folder, and keeps names by itself. */
async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(dir, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
