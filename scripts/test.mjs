/**
 * `npm test`, or `npm test -- unit e2e` for some phases: runs them one after the other, goes on after a failure, and
 * ends with the line `N passed, N failed`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { install } from './lib/install.mjs'
import { ensureTools } from './lib/native-tools.mjs'
import { planPhases } from './lib/phases.mjs'
import { giveUp } from './lib/project.mjs'

const reports = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-reports-'))
const { phases, unknown } = planPhases(process.argv.slice(2), reports)
if (unknown.length > 0) giveUp(`there is no phase ${unknown.join(', ')}; "npm test" without arguments lists all.`)
install()
ensureTools(['redis', 'chromium'])

const results = phases.map((phase) => {
  console.log(`\n== ${phase.name}`)
  const startedAt = performance.now()
  return { name: phase.name, ...runPhase(phase), seconds: (performance.now() - startedAt) / 1000 }
})
rmSync(reports, { recursive: true })

console.log()
for (const { name, passed, failed, skipped, seconds } of results) {
  const left = skipped > 0 ? `, ${skipped} skipped` : ''
  console.log(`${name.padEnd(10)}${`${seconds.toFixed(1)} s`.padStart(8)}  ${passed} passed, ${failed} failed${left}`)
}
for (const { name, failures } of results) {
  for (const failure of failures) console.log(`failed in ${name}: ${failure}`)
}
/** @param {'passed' | 'failed'} outcome */
const total = (outcome) => results.reduce((sum, result) => sum + result[outcome], 0)
process.exitCode = total('failed') > 0 ? 1 : 0
console.log(`\n${total('passed')} passed, ${total('failed')} failed`)

/**
 * @param {import('./lib/phases.mjs').Phase} phase
 * @returns {import('./lib/phases.mjs').Count}
 */
function runPhase({ run, count }) {
  const ok = run()
  try {
    const counted = count?.() ?? { passed: ok ? 1 : 0, failed: 0, skipped: 0, failures: [] }
    // What fails beside the tests, as an error that nobody caught, must show too.
    if (ok || counted.failed > 0) return counted
    return { ...counted, failed: 1, failures: ['what its output above ends with'] }
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, failures: [`it left no report: ${String(error)}`] }
  }
}
