import { existsSync, readFileSync } from 'node:fs'

/**
 * @typedef {{ fault: string, passed: boolean, events?: number, lost?: number, doubled?: number, unexpected?: number,
 *   orphans?: number, seconds?: number }} FaultLine numbers are missing where a test failed before it could compare
 */

/**
 * Joins vitest's report with what the tests compared (test/faults/verdict.ts).
 * @param {{ tests: string, verdicts: string }} files
 * @returns {{ passed: number, failed: number, faults: FaultLine[] }}
 * @throws Error when vitest left no report
 */
export function summariseFaults({ tests, verdicts }) {
  const text = existsSync(verdicts) ? readFileSync(verdicts, 'utf8').trim() : ''
  /** @type {{ fault: string }[]} */
  const lines = text === '' ? [] : text.split('\n').map((line) => JSON.parse(line))
  /** @type {{ testResults: { assertionResults: { title: string, status: string }[] }[] }} */
  const { testResults } = JSON.parse(readFileSync(tests, 'utf8'))
  const faults = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .map(({ title, status }) => ({
      fault: title,
      passed: status === 'passed',
      ...lines.findLast(({ fault }) => fault === title),
    }))
  const passed = faults.filter((fault) => fault.passed).length
  return { passed, failed: faults.length - passed, faults }
}
