import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { countPlaywright, countVitest } from '../../scripts/lib/test-reports.mjs'
import { createTempDir } from '../helpers/temp.ts'

async function reportOf(content: object): Promise<string> {
  const folder = await createTempDir()
  const file = path.join(folder.path, 'report.json')
  await writeFile(file, JSON.stringify(content))
  return file
}

test('vitest: tests are counted, and a file that failed outside of its tests as one', async () => {
  const results = (...statuses: string[]) =>
    statuses.map((status, n) => ({ status, fullName: `test ${n}`, failureMessages: [`${status} ${n}\nat line 1`] }))
  const fileOf = (name: string, status: string, assertionResults: object[], message = '') => ({
    name: path.resolve('test', name),
    status,
    message,
    assertionResults,
  })
  const report = await reportOf({
    testResults: [
      fileOf('a.ts', 'passed', results('passed', 'passed', 'skipped')),
      fileOf('b.ts', 'failed', results('passed', 'failed', 'failed')),
      fileOf('c.ts', 'failed', results('passed'), 'a hook timed out'),
      fileOf('d.ts', 'failed', []),
    ],
  })
  expect(countVitest(report)).toEqual({
    passed: 4,
    failed: 4,
    skipped: 1,
    failures: [
      'test/b.ts > test 1: failed 1',
      'test/b.ts > test 2: failed 2',
      'test/c.ts: a hook timed out',
      'test/d.ts: ',
    ],
  })
})

test('Playwright: an error outside of tests is a failure, a second try that passes is none', async () => {
  const testOf = (status: string) => ({
    projectName: 'web',
    status,
    results: [{}, { error: { message: 'late\nat 1' } }],
  })
  const spec = { title: 'opens', file: 'a.spec.ts', tests: [testOf('unexpected'), testOf('flaky')] }
  const report = await reportOf({
    stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 },
    errors: [{ message: 'no browser' }],
    suites: [{ specs: [], suites: [{ specs: [spec] }] }],
  })
  expect(countPlaywright(report)).toEqual({
    passed: 6,
    failed: 2,
    skipped: 2,
    failures: ['[web] a.spec.ts > opens: late', 'outside of the tests: no browser'],
  })
})

test('a report that was never written is an error', () => {
  expect(() => countVitest('/nowhere/report.json')).toThrow('ENOENT')
})
