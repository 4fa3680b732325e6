/** `npm start`: the desktop program if Electron's binary and a display are there, else the web host. */
import './bootstrap.mjs'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ensureTools } from './lib/native-tools.mjs'
import { fromRoot, projectNode, root, say } from './lib/project.mjs'
import { become } from './lib/run.mjs'

const args = process.argv.slice(2)
const { REDIS_URL, POSTGRES_URL } = process.env
// Only the sample workspace brings its own Redis.
if (!REDIS_URL && !POSTGRES_URL && (args.length === 0 || args.includes('--sample'))) ensureTools(['redis'])

const electron = electronBinary()
const reason = whyNoWindow()
if (electron && !reason) {
  become(electron, [root, ...args])
} else {
  say(`serving the screen to a browser: ${reason}`)
  become(projectNode, [fromRoot('out', 'main', 'headless.js'), 'serve', ...args])
}

/** @returns {string | undefined} one reason in words, or none */
function whyNoWindow() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return 'there is no display.'
  if (process.platform === 'linux' && process.getuid?.() === 0) return 'Electron does not sandbox pages for root.'
  if (!electron) return 'Electron is not downloaded; "npx install-electron" does that for a desktop window.'
  return undefined
}

/** Reads what the package electron notes after a download. Importing the package would start one. */
function electronBinary() {
  const folder = fromRoot('node_modules', 'electron')
  const note = path.join(folder, 'path.txt')
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, 'dist')
  if (!existsSync(note)) return undefined
  const binary = path.join(dist, readFileSync(note, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}
