import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buildLibrary } from './library.mjs'
import { fromRoot, projectNode, root, say } from './project.mjs'

const inputs = [
  'src',
  'resources',
  'docs/instrument.md',
  'electron.vite.config.ts',
  'tsconfig.json',
  'tsconfig.instrument.json',
  'package.json',
  'package-lock.json',
]
/** Holds the digest of the inputs from which out/ was built. */
const stamp = fromRoot('out', '.inputs')

/**
 * Builds out/, the program with electron-vite and the library for applications, unless it was built from exactly these
 * sources.
 * @returns {boolean} false when the build failed, which electron-vite or the compiler has explained
 */
export function build() {
  const digest = digestOf(inputs)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return true
  say('building')
  rmSync(stamp, { force: true })
  const electronVite = fromRoot('node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const args = [electronVite, 'build', '--logLevel', 'warn']
  const { status } = spawnSync(projectNode, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0 || !buildLibrary()) return false
  writeFileSync(stamp, digest)
  return true
}

/** @param {string[]} names */
function digestOf(names) {
  const hash = createHash('sha256')
  for (const file of names.flatMap((name) => filesOf(name))) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(fromRoot(file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** @param {string} name @returns {string[]} the file itself or all below the folder, sorted; nothing if absent */
function filesOf(name) {
  const file = fromRoot(name)
  if (!existsSync(file)) return []
  if (!statSync(file).isDirectory()) return [name]
  return readdirSync(file)
    .sort()
    .flatMap((entry) => filesOf(path.join(name, entry)))
}
