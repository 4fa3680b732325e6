import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute path of the repository. */
export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..')

/** @param {string[]} segments path from the root of the repository */
export const fromRoot = (...segments) => path.join(root, ...segments)

/** The Node that the project brings as the npm package "node". It is there after the installation. */
export const projectNode = fromRoot('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** True when this very process runs on it, as npm scripts do from the second run on. */
export const runsOnProjectNode = () => existsSync(projectNode) && realpathSync(projectNode) === process.execPath

/**
 * Tells the user something, on stderr: stdout belongs to the command that was asked for.
 * @param {string} text
 */
export const say = (text) => void process.stderr.write(`[gatehouse] ${text}\n`)

/**
 * Ends the process because of something that the user can put right.
 * @param {string} text what happened and what to do
 * @returns {never}
 */
export function giveUp(text) {
  say(text)
  process.exit(1)
}
