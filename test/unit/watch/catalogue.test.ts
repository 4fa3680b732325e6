import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createEnrichment } from '../../../src/main/engine/watch/enrich/enrichment.ts'
import { compileFiles } from '../../../src/main/engine/watch/rules/rule-set.ts'
import { runRuleTests } from '../../../src/main/engine/watch/rules/tests/run-tests.ts'
import { resourcePath } from '../../../src/main/resources.ts'

/** Each row of the catalogue: the rules that are for it, their techniques and the levels their alerts can have. */
const catalogue: readonly [ruleId: string, attack: readonly string[], levels: readonly string[]][] = [
  ['brute_force_account', ['T1110.001'], ['medium', 'high']],
  ['brute_force_address', ['T1110'], ['medium']],
  ['slow_brute_force', ['T1110'], ['low']],
  ['steady_brute_force', ['T1110.001'], ['medium']],
  ['password_spray', ['T1110.003'], ['high']],
  ['credential_stuffing', ['T1110.004'], ['high']],
  ['distributed_guessing', ['T1110'], ['high']],
  ['success_after_failures', ['T1078'], ['critical']],
  ['success_after_failures_address', ['T1078'], ['critical']],
  ['impossible_travel', ['T1078'], ['high']],
  ['address_change_in_session', ['T1550.004'], ['high']],
  ['anonymizer_exit', ['T1090.003'], ['medium']],
  ['new_device', ['T1078'], ['low']],
  ['new_country', ['T1078'], ['low']],
  ['scripted_agent', ['T1539'], ['high']],
  ['token_used_after_revocation', ['T1550.001'], ['critical']],
  ['revoked_session_alive', ['T1550.001'], ['critical']],
  ['refresh_spam', ['T1528'], ['medium']],
  ['concurrent_sessions', ['T1078'], ['medium']],
  ['shared_address', ['T1078'], ['medium']],
  ['shared_address_one_user', ['T1078'], ['medium']],
  ['latency_with_login_surge', ['T1499'], ['medium']],
  ['session_drop', ['T1531'], ['high']],
  ['queue_backlog', [], ['high']],
  ['write_failures', [], ['high']],
  ['events_dropped', ['T1562.008'], ['high']],
  ['idle_session', [], ['info']],
  ['power_user', [], ['info']],
]

const { environment } = createEnrichment({ geo: { databases: [] }, lists: [] }, () => {})
const sources = readdirSync(resourcePath('rules')).map((file) => ({
  file,
  text: readFileSync(resourcePath('rules', file), 'utf8'),
}))
const { rules, tests, refused } = compileFiles(sources, environment)
const { results } = runRuleTests(sources, environment)

test('is those rules, and every file is understood', () => {
  expect(refused.map(({ message }) => message)).toEqual([])
  const raising = rules.filter(({ alerts }) => alerts).map(({ ruleId }) => ruleId)
  expect(raising.toSorted()).toEqual(catalogue.map(([ruleId]) => ruleId).toSorted())
})

describe.each(catalogue)('%s', (ruleId, attack, levels) => {
  const rule = rules.find((one) => one.ruleId === ruleId)

  test('says what it sees, how grave it is, and when it is wrong', () => {
    expect(rule?.description).toBeTruthy()
    expect(rule?.falsePositives).not.toEqual([])
    expect(rule?.attack).toEqual(attack)
    expect(rule?.levels.map(({ severity }) => severity)).toEqual(levels)
  })

  test('has tests with events that alarm it and with events that do not', () => {
    const own = tests.filter(({ file }) => file === rule?.file)
    expect(own.some(({ alerts }) => alerts.some((alert) => alert.rule === ruleId))).toBe(true)
    expect(own.some(({ alerts }) => alerts.length === 0)).toBe(true)
  })
})

test.each(results)('$file: $name', ({ differences }) => {
  expect(differences).toEqual([])
})
