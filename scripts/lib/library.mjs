import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fromRoot, projectNode, root } from './project.mjs'

/**
 * Builds src/instrument as a package of its own: plain JavaScript with types, and no dependency, so that an application
 * takes the library without the console.
 * @param {string} folder the package's; what is in it is removed
 * @returns {boolean} false when the compiler found mistakes, which it has explained
 */
export function buildLibrary(folder = fromRoot('out', 'package')) {
  rmSync(folder, { recursive: true, force: true })
  const compiler = fromRoot('node_modules', 'typescript', 'bin', 'tsc')
  const args = [compiler, '--project', fromRoot('tsconfig.instrument.json'), '--outDir', folder]
  const { status } = spawnSync(projectNode, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) return false
  const { name, version, license, engines } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'))
  const entry = { types: './instrument/index.d.ts', default: './instrument/index.js' }
  const description = 'What a web application needs to be watched by Gatehouse'
  const manifest = { name, version, description, license, engines, type: 'module', exports: { './instrument': entry } }
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  copyFileSync(fromRoot('LICENSE'), path.join(folder, 'LICENSE'))
  copyFileSync(fromRoot('docs', 'instrument.md'), path.join(folder, 'README.md'))
  return true
}
