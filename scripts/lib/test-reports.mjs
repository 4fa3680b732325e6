import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './project.mjs'

/** @typedef {import('./phases.mjs').Count} Count */

/**
 * Counts the tests of vitest's JSON report. A file that failed outside of its tests, at import or in a hook, counts as
 * one failed test.
 * @param {string} file
 * @returns {Count}
 * @throws Error when there is no such file: vitest ended before it wrote one
 */
export function countVitest(file) {
  /**
   * @type {{ testResults: { name: string, status: string, message?: string,
   *   assertionResults: { status: string, fullName: string, failureMessages?: string[] }[] }[] }}
   */
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'))
  const all = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const where = path.relative(root, name)
    const tests = assertionResults.map((test) => ({
      status: test.status,
      failure: describe(`${where} > ${test.fullName}`, test.failureMessages?.[0]),
    }))
    const outside = status === 'failed' && !tests.some((test) => test.status === 'failed')
    return outside ? [...tests, { status: 'failed', failure: describe(where, message) }] : tests
  })
  const failures = all.filter(({ status }) => status === 'failed').map(({ failure }) => failure)
  const passed = all.filter(({ status }) => status === 'passed').length
  return { passed, failed: failures.length, skipped: all.length - passed - failures.length, failures }
}

/**
 * @typedef {{ suites?: Suite[], specs?: { title: string, file: string, tests: Test[] }[] }} Suite
 * @typedef {{ projectName: string, status: string, results: { error?: { message?: string } }[] }} Test
 */

/**
 * Counts the tests of Playwright's JSON report; an error outside of tests counts as one failed test. A test that
 * passed at its second try counts as passed: Playwright's own list names it as flaky.
 * @param {string} file
 * @returns {Count}
 * @throws Error when there is no such file: Playwright ended before it wrote one
 */
export function countPlaywright(file) {
  /**
   * @type {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number },
   *   errors: { message?: string }[], suites: Suite[] }}
   */
  const { stats, errors, suites } = JSON.parse(readFileSync(file, 'utf8'))
  const { expected, flaky, unexpected, skipped } = stats
  const failures = [
    ...suites.flatMap(unexpectedOf),
    ...errors.map(({ message }) => describe('outside of the tests', message)),
  ]
  return { passed: expected + flaky, failed: unexpected + errors.length, skipped, failures }
}

/**
 * @param {Suite} suite
 * @returns {string[]}
 */
function unexpectedOf({ suites = [], specs = [] }) {
  const own = specs.flatMap(({ title, file, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected')
      .map(({ projectName, results }) =>
        describe(`[${projectName}] ${file} > ${title}`, results.at(-1)?.error?.message),
      ),
  )
  return [...own, ...suites.flatMap(unexpectedOf)]
}

/**
 * @param {string} title
 * @param {string} [message] its first line is enough to know the failure again
 */
const describe = (title, message = 'no message') => `${title}: ${message.trim().split('\n', 1)[0]}`
