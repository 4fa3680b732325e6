import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { build } from './build.mjs'
import { fromRoot, projectNode, root } from './project.mjs'
import { countPlaywright, countVitest } from './test-reports.mjs'

/**
 * @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Count `failures` names each that failed
 * @typedef {object} Phase
 * @property {string} name
 * @property {() => boolean} run returns whether all is well
 * @property {() => Count} [count] reads what the phase reported; without it the phase is one test
 */

/**
 * Folders of test/ that vitest runs, the quickest first, and how many of their files run at a time. Services wait for
 * servers more than they compute; faults hold engines to their deadlines, and want the processor for themselves.
 * @type {Record<string, number>}
 */
const vitestFolders = { unit: 2, services: 3, contract: 2, faults: 2 }

/**
 * @param {string[]} only names of the phases to run, beside the build; all of them if empty
 * @param {string} reports folder for the JSON reports
 * @returns {{ phases: Phase[], unknown: string[] }}
 */
export function planPhases(only, reports) {
  /** @type {Phase[]} */
  const all = [
    { name: 'build', run: build },
    { name: 'types', run: () => tool(['typescript/bin/tsc', '--noEmit']) },
    { name: 'lint', run: () => tool(['oxlint/bin/oxlint']) },
    { name: 'format', run: () => tool(['oxfmt/bin/oxfmt', '--check']) },
    ...Object.entries(vitestFolders).map(([name, workers]) =>
      vitest(name, workers, path.join(reports, `${name}.json`)),
    ),
    playwright('e2e', path.join(reports, 'e2e.json')),
  ]
  const there = all.filter(({ name, count }) => !count || existsSync(fromRoot('test', name)))
  return {
    phases: there.filter(({ name }) => only.length === 0 || name === 'build' || only.includes(name)),
    unknown: only.filter((name) => !there.some((phase) => phase.name === name)),
  }
}

/**
 * @param {string} name of a folder of test/
 * @param {number} workers
 * @param {string} report
 * @returns {Phase}
 */
function vitest(name, workers, report) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const command = ['vitest/vitest.mjs', 'run', `test/${name}/`, `--maxWorkers=${workers}`, ...reporters]
  return { name, run: () => tool(command), count: () => countVitest(report) }
}

/**
 * @param {string} name
 * @param {string} report
 * @returns {Phase}
 */
function playwright(name, report) {
  const command = ['@playwright/test/cli.js', 'test', '--reporter=list,json']
  return {
    name,
    run: () => tool(command, { PLAYWRIGHT_JSON_OUTPUT_FILE: report }),
    count: () => countPlaywright(report),
  }
}

/**
 * Runs a tool on the project's Node.
 * @param {string[]} command a file below node_modules, and its arguments
 * @param {Record<string, string>} [env]
 */
function tool([file = '', ...args], env) {
  const options = { cwd: root, env: { ...process.env, ...env } }
  const { status } = spawnSync(projectNode, [fromRoot('node_modules', file), ...args], { ...options, stdio: 'inherit' })
  return status === 0
}
