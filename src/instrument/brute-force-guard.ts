import { randomUUID } from 'node:crypto'
import type { AuditLogger } from './audit-logger.ts'
import type { ProducedEvent } from './event-text.ts'
import { GuardSubjects, type Admission, type Failure, type GuardLimits } from './guard-subject.ts'
import { invalid, readNumbers } from './options.ts'
import { Problems, type OnProblem } from './problems.ts'
import { Reach } from './reach.ts'
import { runnerOf, type RedisClient } from './redis-client.ts'
import { accountSubject, addressSubject, digestOf } from './subject.ts'

export interface BruteForceGuardOptions {
  /** The application's own client. */
  redis: RedisClient
  /** Stands in keys, so that guards count apart (`default`): letters, digits, `_`, `-` and `.`. */
  name?: string
  /** By account: 5 failures within 5 minutes lock for 1 minute, at most for 1 hour; never for good. */
  account?: Partial<GuardLimits>
  /** By address: 20 failures within 5 minutes lock for 1 minute, at most for 1 day; the 8th lock is for good. */
  address?: Partial<GuardLimits>
  /** How long a login waits for Redis at most (100); then this process counts in its own memory. */
  timeoutMs?: number
  /** Gets `brute_force_attempt` at each lock, and `permanent_ban_applied` as a critical event. */
  audit?: Pick<AuditLogger, 'log' | 'logCritical'>
  onProblem?: OnProblem
}

export interface LoginAttempt {
  /** False: answer 429, and do not look at the password. */
  allowed: boolean
  /** Milliseconds until an attempt may be made; Infinity: never. 0 where it is allowed. */
  retryAfterMs: number
  blockedBy: 'account' | 'address' | null
  /** `memory`: Redis is away, and this process counts alone. */
  source: 'redis' | 'memory'
  /**
   * The password was wrong. An attempt of which nothing is said counts within the window, too, but locks nothing.
   * @param about more fields for the events, such as `user_agent`
   */
  failed(about?: ProducedEvent): Promise<{ lockedBy: 'account' | 'address' | null; lockMs: number }>
  /** The password was right: the account's failures and locks are forgotten. */
  succeeded(): Promise<void>
}

/** Counts failed logins by account and by address. Nothing here ever throws or rejects. */
export interface BruteForceGuard {
  /** To be called before a password is looked at; then `failed` or `succeeded` of what it returns. */
  begin(login: { account: string; address: string }): Promise<LoginAttempt>
  /**
   * Lifts what stands against an account or an address, a ban included.
   * @returns false where Redis is away: it still stands there
   */
  unlock(subject: { account: string } | { address: string }): Promise<boolean>
}

const owner = 'createBruteForceGuard'
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const lockDefaults = { windowMs: 5 * minuteMs, lockMs: minuteMs, forgetMs: 24 * hourMs }
/** Nobody may lock another out for good by guessing at his account. */
const accountDefaults: GuardLimits = { ...lockDefaults, limit: 5, maxLockMs: hourMs, banAfterLocks: null }
const addressDefaults: GuardLimits = { ...lockDefaults, limit: 20, maxLockMs: 24 * hourMs, banAfterLocks: 8 }

/**
 * A guard for the login: locks accounts and addresses after too many failures, for longer each time.
 * @throws GatehouseError CONFIG_INVALID that names the option
 */
export function createBruteForceGuard(given: BruteForceGuardOptions): BruteForceGuard {
  const others = ['redis', 'name', 'account', 'address', 'audit', 'onProblem']
  const { timeoutMs } = readNumbers(owner, given, { timeoutMs: 100 }, others)
  const name = given.name ?? 'default'
  if (!/^[\w.-]{1,64}$/.test(name)) throw invalid(owner, 'name', 'must be 1 to 64 letters, digits, "_", "-" or "."')
  const reach = new Reach(runnerOf(owner, given.redis), timeoutMs, new Problems(`guard ${name}`, given.onProblem))
  const subjectsOf = (kind: 'account' | 'address', limits: GuardLimits): GuardSubjects =>
    new GuardSubjects(reach, limits, `gatehouse:guard:${name}:${kind}`)
  const subjects = {
    account: subjectsOf('account', limitsOf('account', given.account, accountDefaults)),
    address: subjectsOf('address', limitsOf('address', given.address, addressDefaults)),
  }
  const digests = {
    account: (account: string) => digestOf(accountSubject(account)),
    address: (address: string) => digestOf(addressSubject(address)),
  }

  function report(by: 'account' | 'address', { failures, lockMs, locks }: Failure, facts: ProducedEvent): void {
    const ban = lockMs === Number.POSITIVE_INFINITY
    const event = {
      ...facts,
      event_type: ban ? 'permanent_ban_applied' : 'brute_force_attempt',
      event_category: ban ? 'critical' : 'warning',
      resource_type: by,
      resource_id: by === 'account' ? facts['user_id'] : facts['ip_address'],
      description: ban ? `Locked for good after ${locks} locks` : `${failures} failed logins: locked for ${lockMs} ms`,
      metadata: { failures, locks, lock_ms: ban ? null : lockMs },
    }
    if (ban) void given.audit?.logCritical(event)
    else given.audit?.log(event)
  }

  return {
    async begin({ account, address }) {
      const attempt = randomUUID()
      const by = { account: digests.account(account), address: digests.address(address) }
      const [ofAccount, ofAddress] = await Promise.all([
        subjects.account.begin(by.account, attempt),
        subjects.address.begin(by.address, attempt),
      ])
      const verdict = verdictOf(ofAccount, ofAddress)
      if (!verdict.allowed) {
        // An attempt that was not made must not count against the other.
        if (ofAccount.allowed) void subjects.account.withdraw(by.account, attempt)
        if (ofAddress.allowed) void subjects.address.withdraw(by.address, attempt)
      }
      return {
        ...verdict,
        async failed(about = {}) {
          const [accountFailure, addressFailure] = await Promise.all([
            subjects.account.failed(by.account, attempt),
            subjects.address.failed(by.address, attempt),
          ])
          const facts = { user_id: account, ip_address: address, ...about }
          if (accountFailure.lockMs > 0) report('account', accountFailure, facts)
          if (addressFailure.lockMs > 0) report('address', addressFailure, facts)
          const lockMs = Math.max(accountFailure.lockMs, addressFailure.lockMs)
          const lockedBy = addressFailure.lockMs === lockMs ? 'address' : 'account'
          return { lockedBy: lockMs === 0 ? null : lockedBy, lockMs }
        },
        async succeeded() {
          await Promise.all([subjects.account.reset(by.account), subjects.address.withdraw(by.address, attempt)])
        },
      }
    },
    unlock: (subject) =>
      'account' in subject
        ? subjects.account.reset(digests.account(subject.account))
        : subjects.address.reset(digests.address(subject.address)),
  }
}

type Verdict = Pick<LoginAttempt, 'allowed' | 'retryAfterMs' | 'blockedBy' | 'source'>

function verdictOf(account: Admission, address: Admission): Verdict {
  const source = account.inMemory || address.inMemory ? 'memory' : 'redis'
  if (account.allowed && address.allowed) return { allowed: true, retryAfterMs: 0, blockedBy: null, source }
  const blockedBy = address.retryAfterMs >= account.retryAfterMs ? 'address' : 'account'
  return { allowed: false, retryAfterMs: Math.max(account.retryAfterMs, address.retryAfterMs), blockedBy, source }
}

function limitsOf(kind: string, given: Partial<GuardLimits> = {}, defaults: GuardLimits): GuardLimits {
  const { banAfterLocks, ...numbers } = defaults
  const read = readNumbers(`${owner}, ${kind}`, given, numbers, ['banAfterLocks'])
  const ban = given.banAfterLocks === undefined ? banAfterLocks : given.banAfterLocks
  if (ban !== null && !(Number.isSafeInteger(ban) && ban >= 1)) {
    throw invalid(`${owner}, ${kind}`, 'banAfterLocks', `is ${ban}: expected null or a whole number from 1 on`)
  }
  return { ...read, banAfterLocks: ban }
}
