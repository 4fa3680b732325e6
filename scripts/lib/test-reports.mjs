import { readFileSync } from 'node:fs'

/** @typedef {import('./phases.mjs').Count} Count */

/**
 * Counts the tests of vitest's JSON report. A file that failed outside of its tests, at import or in a hook, counts as
 * one failed test.
 * @param {string} file
 * @returns {Count}
 * @throws Error when there is no such file: vitest ended before it wrote one
 */
export function countVitest(file) {
  /** @type {{ testResults: { status: string, assertionResults: { status: string }[] }[] }} */
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'))
  const statuses = testResults.flatMap(({ status, assertionResults }) => {
    const ofTests = assertionResults.map((result) => result.status)
    return status === 'failed' && !ofTests.includes('failed') ? [...ofTests, 'failed'] : ofTests
  })
  /** @param {string} wanted */
  const number = (wanted) => statuses.filter((status) => status === wanted).length
  const [passed, failed] = [number('passed'), number('failed')]
  return { passed, failed, skipped: statuses.length - passed - failed }
}

/**
 * Counts the tests of Playwright's JSON report; an error outside of tests counts as one failed test. A test that
 * passed at its second try counts as passed: Playwright's own list names it as flaky.
 * @param {string} file
 * @returns {Count}
 * @throws Error when there is no such file: Playwright ended before it wrote one
 */
export function countPlaywright(file) {
  /** @type {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors: unknown[] }} */
  const { stats, errors } = JSON.parse(readFileSync(file, 'utf8'))
  const { expected, flaky, unexpected, skipped } = stats
  return { passed: expected + flaky, failed: unexpected + errors.length, skipped }
}
