import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fromRoot, giveUp, projectNode, root, runsOnProjectNode, say } from './project.mjs'

/**
 * @typedef {object} LockedPackage
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 */

/** Runs `npm ci` unless node_modules is what package-lock.json asks for, then makes sure of the project's Node. */
export function install() {
  if (!isInstalled()) {
    say('installing the packages of package-lock.json (npm ci)')
    npmCi()
  }
  if (!runsOnProjectNode()) checkNode()
}

/**
 * npm keeps a record of what it installed. Comparing that with the lock file, package by package, sees every change of
 * the lock, an installation that was broken off (no record), and a folder that came from another kind of machine.
 */
function isInstalled() {
  const record = readPackages('node_modules', '.package-lock.json')
  const locked = readPackages('package-lock.json')
  if (!record || !locked) return false
  const missing = Object.entries(locked).some(
    ([path, { integrity, optional }]) => path !== '' && !optional && record[path]?.integrity !== integrity,
  )
  const foreign = Object.entries(record).some(
    ([path, { integrity, os, cpu }]) =>
      locked[path]?.integrity !== integrity || !covers(os, process.platform) || !covers(cpu, process.arch),
  )
  return !missing && !foreign
}

/**
 * @param {string[]} segments
 * @returns {Record<string, LockedPackage> | undefined} undefined when there is no such file, or half of one
 */
function readPackages(...segments) {
  try {
    return JSON.parse(readFileSync(fromRoot(...segments), 'utf8')).packages
  } catch {
    // Absent or unreadable: npm ci writes it anew, or says what is wrong with it.
    return undefined
  }
}

/** @param {string[] | undefined} list of a package.json: names, or names to exclude with "!" @param {string} name */
function covers(list, name) {
  if (!list || list.includes(name)) return true
  return list.every((entry) => entry.startsWith('!') && entry !== `!${name}`)
}

function npmCi() {
  const flags = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  // npm replaces node_modules/.bin/node while it works, so it must run on the Node that the user started it with.
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  const [command, args] = npm?.endsWith('.js') && node ? [node, [npm, ...flags]] : ['npm', flags]
  const options = { cwd: root, stdio: /** @type {import('node:child_process').StdioOptions} */ (['inherit', 2, 2]) }
  const { status, error } = spawnSync(command, args, { ...options, shell: command === 'npm' })
  if (error) giveUp(`npm does not start: ${error.message}. Install Node with npm, 18 or newer.`)
  if (status !== 0) giveUp('npm ci failed; what it says stands above.')
}

function checkNode() {
  const { stdout } = spawnSync(projectNode, ['--version'], { encoding: 'utf8' })
  const version = stdout?.trim() || 'missing'
  if (Number(/^v(\d+)/.exec(version)?.[1]) >= 24) return
  giveUp(
    `${projectNode} is ${version}, and 24 is needed: npm did not run the install script of the package "node". ` +
      'Remove node_modules, allow install scripts (npm config set ignore-scripts false) and try again.',
  )
}
