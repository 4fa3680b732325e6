import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { summariseFaults } from '../../scripts/lib/fault-summary.mjs'
import { createTempDir } from '../helpers/temp.ts'

const result = (title: string, status: string) => ({ assertionResults: [{ title, status }] })

async function filesOf(tests: object[], verdicts: object[]): Promise<{ tests: string; verdicts: string }> {
  const folder = (await createTempDir()).path
  const files = { tests: path.join(folder, 'tests.json'), verdicts: path.join(folder, 'verdicts.jsonl') }
  await writeFile(files.tests, JSON.stringify({ testResults: tests }))
  if (verdicts.length > 0) await writeFile(files.verdicts, verdicts.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return files
}

test('each fault has what its last try compared, or nothing where it failed before', async () => {
  const tests = [result('killed', 'passed'), result('cut', 'failed')]
  const files = await filesOf(tests, [
    { fault: 'killed', events: 5, lost: 1 },
    { fault: 'killed', events: 5, lost: 0 },
  ])
  expect(summariseFaults(files)).toEqual({
    passed: 1,
    failed: 1,
    faults: [
      { fault: 'killed', passed: true, events: 5, lost: 0 },
      { fault: 'cut', passed: false },
    ],
  })
})

test('a run in which nothing came to a comparison is summarised too', async () => {
  const files = await filesOf([result('killed', 'failed')], [])
  expect(summariseFaults(files)).toEqual({ passed: 0, failed: 1, faults: [{ fault: 'killed', passed: false }] })
})
