import type { AttackKind } from '../label.ts'

const failures = [
  'brute_force_account',
  'brute_force_address',
  'slow_brute_force',
  'steady_brute_force',
  'password_spray',
]
const guesses = [...failures, 'credential_stuffing', 'distributed_guessing']
const logins = ['new_device', 'new_country', 'scripted_agent', 'impossible_travel', 'concurrent_sessions']
const won = ['success_after_failures', 'success_after_failures_address']

/** Kinds of attacks by name, which is that of the rule that is for them. */
export const attackKinds: Readonly<Record<string, AttackKind>> = {
  brute_force_account: { expected: ['brute_force_account'], also: [...guesses, ...won] },
  brute_force_address: { expected: ['brute_force_address'], also: [...guesses, ...won] },
  slow_brute_force: { expected: ['slow_brute_force'], also: guesses },
  steady_brute_force: { expected: ['steady_brute_force'], also: guesses },
  password_spray: { expected: ['password_spray'], also: [...guesses, ...won] },
  credential_stuffing: { expected: ['credential_stuffing'], also: [...guesses, ...won] },
  distributed_guessing: { expected: ['distributed_guessing'], also: [...guesses, ...won] },
  success_after_failures: { expected: ['success_after_failures'], also: [...guesses, ...won, ...logins] },
  success_after_failures_address: {
    expected: ['success_after_failures_address'],
    also: [...guesses, ...won, ...logins],
  },
  impossible_travel: { expected: ['impossible_travel'], also: logins },
  address_change_in_session: { expected: ['address_change_in_session'], also: [] },
  anonymizer_exit: { expected: ['anonymizer_exit'], also: logins },
  new_device: { expected: ['new_device'], also: logins },
  new_country: { expected: ['new_country'], also: logins },
  scripted_agent: { expected: ['scripted_agent'], also: [...logins, 'address_change_in_session'] },
  token_used_after_revocation: { expected: ['token_used_after_revocation'], also: ['concurrent_sessions'] },
  revoked_session_alive: { expected: ['revoked_session_alive'], also: [] },
  refresh_spam: { expected: ['refresh_spam'], also: [] },
  concurrent_sessions: { expected: ['concurrent_sessions'], also: [] },
  shared_address: { expected: ['shared_address'], also: [...logins, ...won] },
  shared_address_one_user: { expected: ['shared_address_one_user'], also: logins },
  latency_with_login_surge: { expected: ['latency_with_login_surge'], also: [] },
  session_drop: { expected: ['session_drop'], also: [] },
  queue_backlog: { expected: ['queue_backlog'], also: [] },
  write_failures: { expected: ['write_failures'], also: [] },
  events_dropped: { expected: ['events_dropped'], also: [] },
  idle_session: { expected: ['idle_session'], also: [] },
  power_user: { expected: ['power_user'], also: [] },
}
