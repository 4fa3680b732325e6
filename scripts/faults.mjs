/**
 * `npm run faults`, or `npm run faults -- kill-drain clocks` for some of them: every fault at its full size, one after
 * the other, on the project's own Node. What was compared stands as JSON on stdout, all else on stderr.
 */
import './bootstrap.mjs'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { summariseFaults } from './lib/fault-summary.mjs'
import { ensureTools } from './lib/native-tools.mjs'
import { fromRoot, projectNode, root } from './lib/project.mjs'

ensureTools(['redis'])
const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-faults-'))
const files = { verdicts: path.join(folder, 'verdicts.jsonl'), tests: path.join(folder, 'tests.json') }
const names = process.argv.slice(2)
const filters = names.length > 0 ? names.map((name) => `test/faults/${name}`) : ['test/faults/']
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${files.tests}`]
const { status } = spawnSync(
  projectNode,
  [fromRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', ...filters, '--no-file-parallelism', ...reporters],
  {
    cwd: root,
    env: { ...process.env, GATEHOUSE_FAULTS: 'long', GATEHOUSE_FAULTS_REPORT: files.verdicts },
    stdio: ['inherit', process.stderr.fd, 'inherit'],
  },
)
console.log(JSON.stringify(summariseFaults(files), null, 2))
rmSync(folder, { recursive: true })
process.exitCode = status ?? 1
