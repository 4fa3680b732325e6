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
  const results = (...statuses: string[]) => statuses.map((status) => ({ status }))
  const report = await reportOf({
    testResults: [
      { status: 'passed', assertionResults: results('passed', 'passed', 'skipped') },
      { status: 'failed', assertionResults: results('passed', 'failed', 'failed') },
      { status: 'failed', assertionResults: results('passed') },
      { status: 'failed', assertionResults: [] },
    ],
  })
  expect(countVitest(report)).toEqual({ passed: 4, failed: 4, skipped: 1 })
})

test('Playwright: an error outside of tests is a failure, a second try that passes is none', async () => {
  const report = await reportOf({ stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{}] })
  expect(countPlaywright(report)).toEqual({ passed: 6, failed: 2, skipped: 2 })
})

test('a report that was never written is an error', () => {
  expect(() => countVitest('/nowhere/report.json')).toThrow('ENOENT')
})
