import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { say } from './project.mjs'

/**
 * @typedef {object} Tool a program that npm does not bring
 * @property {string[]} names of the executable, the best first
 * @property {string[]} [files] where it is when it is not in a folder of programs
 * @property {string[]} debianPackages of Debian and Ubuntu, the best first; not every release has all of them
 * @property {string} advice what to do where apt-get is no help
 */

/** @satisfies {Record<string, Tool>} */
const tools = {
  redis: {
    names: ['redis-server'],
    debianPackages: ['redis-server'],
    advice: 'Install Redis, with "apt-get install redis-server", "dnf install redis" or "brew install redis"',
  },
  chromium: {
    // The headless shell has no windows to draw: the same specs take three quarters of the processor time with it.
    names: ['chromium-headless-shell', 'chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'],
    files: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    ],
    debianPackages: ['chromium-headless-shell', 'chromium'],
    advice: 'Install Chromium or Google Chrome (on Ubuntu, where apt-get has none, the package of google.com/chrome)',
  },
}

/** @typedef {keyof typeof tools} ToolName */

/** Folders of programs that may be missing from the PATH of a service or of a desktop icon. */
const usualFolders = ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/opt/homebrew/bin', '/opt/local/bin']

/**
 * Finds the tools, installs what is missing if this runs as root on Debian or Ubuntu, and puts their folders on the
 * PATH of this process and its children. What stays missing is named in one line with what to do.
 * @param {ToolName[]} names
 */
export function ensureTools(names) {
  const missing = names.filter((name) => !findTool(name))
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    aptInstall(missing.map((name) => tools[name].debianPackages))
  }
  for (const name of names) {
    const file = findTool(name)
    if (file) addToPath(path.dirname(file))
    else say(`${tools[name].names[0]} was not found. ${tools[name].advice}.`)
  }
}

/**
 * @param {ToolName} name
 * @returns {string | undefined} absolute path of an executable that runs
 */
export function findTool(name) {
  /** @type {Tool} */
  const { names, files = [] } = tools[name]
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...usualFolders].filter((folder) =>
    path.isAbsolute(folder),
  )
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const candidates = names.flatMap((tool) => folders.map((folder) => path.join(folder, tool + suffix)))
  return [...candidates, ...files].find(runs)
}

/**
 * Ubuntu has scripts in the place of programs that only say how to install them, hence the try. Chrome on Windows
 * would open a window instead of printing its version.
 * @param {string} file
 */
function runs(file) {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false
  return process.platform === 'win32' || spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0
}

/** @param {string[][]} wanted of each tool the packages that will do, of which the first that there is is installed */
function aptInstall(wanted) {
  aptGet('update', '--quiet')
  const packages = wanted.flatMap((names) => names.find(aptHas) ?? names)
  say(`installing ${packages.join(', ')} with apt-get`)
  aptGet('install', '--yes', '--no-install-recommends', ...packages)
}

/** @param {string} name of a package */
const aptHas = (name) => spawnSync('/usr/bin/apt-cache', ['show', name], { stdio: 'ignore' }).status === 0

/** @param {string[]} args */
function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status } = spawnSync('/usr/bin/apt-get', args, { env, stdio: ['ignore', 2, 2] })
  if (status !== 0) say(`apt-get ${args[0]} failed; what it says stands above.`)
}

/** @param {string} folder */
function addToPath(folder) {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  if (!folders.includes(folder)) process.env.PATH = [...folders, folder].join(path.delimiter)
}
