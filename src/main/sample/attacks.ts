import type { ProducedEvent } from '../../instrument/index.ts'
import type { Person } from './population.ts'
import type { Random } from './random.ts'

/** One step of an attack: what is pushed to the queue, so many milliseconds after it began. */
export interface AttackStep {
  afterMs: number
  event: ProducedEvent
}

type Attack = (random: Random, people: readonly Person[]) => AttackStep[]

/** Addresses for documentation (RFC 5737): attackers live where nobody does. */
const attackerAddress = (random: Random): string =>
  `${random.pick(['203.0.113', '198.51.100', '192.0.2'])}.${random.between(1, 254)}`

const failure = (label: string, person: Person, ip: string, agent: string, country: string): ProducedEvent => ({
  event_type: 'failed_login',
  user_id: person.userId,
  ip_address: ip,
  user_agent: agent,
  country,
  auth_method: 'password',
  metadata: { sample_label: label, reason: 'wrong password' },
})

/** One account, one address, many guesses. */
const bruteForceAccount: Attack = (random, people) => {
  const [person, ip] = [random.pick(people), attackerAddress(random)]
  return Array.from({ length: random.between(8, 40) }, (_, i) => ({
    afterMs: i * random.between(900, 1_500),
    event: failure('brute-force-account', person, ip, 'python-requests/2.34', 'RU'),
  }))
}

/** One address goes through many accounts, a few guesses each. */
const bruteForceAddress: Attack = (random, people) => {
  const ip = attackerAddress(random)
  const agent =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36'
  return Array.from({ length: random.between(15, 45) }, (_, i) => ({
    afterMs: i * random.between(600, 1_800),
    event: failure('password-spray', random.pick(people), ip, agent, 'CN'),
  }))
}

/** Guesses that end in a login: the account is lost. */
const guessedPassword: Attack = (random, people) => {
  const [person, ip] = [random.pick(people), attackerAddress(random)]
  const agent = 'curl/8.17.0'
  const guesses: AttackStep[] = Array.from({ length: random.between(6, 12) }, (_, i) => ({
    afterMs: i * 2_000,
    event: failure('success-after-failures', person, ip, agent, 'RU'),
  }))
  const won: ProducedEvent = {
    event_type: 'login',
    user_id: person.userId,
    ip_address: ip,
    user_agent: agent,
    country: 'RU',
    auth_method: 'password',
    metadata: { sample_label: 'success-after-failures' },
  }
  return [...guesses, { afterMs: guesses.length * 2_000 + 500, event: won }]
}

/** Tokens refreshed far more often than a client would. */
const refreshSpam: Attack = (random, people) => {
  const person = random.pick(people)
  const sessionId = `stolen-${random.between(1e8, 1e9)}`
  return Array.from({ length: 24 }, (_, i) => ({
    afterMs: i * 1_200,
    event: {
      event_type: 'token_refresh',
      user_id: person.userId,
      session_id: sessionId,
      ip_address: attackerAddress(random),
      user_agent: 'Go-http-client/2.0',
      metadata: { sample_label: 'refresh-spam' },
    },
  }))
}

const kinds: readonly Attack[] = [bruteForceAccount, bruteForceAddress, guessedPassword, refreshSpam]

/** The n-th attack of the sample: the kinds take turns, everything else is chance. */
export function createAttack(n: number, random: Random, people: readonly Person[]): AttackStep[] {
  return (kinds[n % kinds.length] ?? bruteForceAccount)(random, people)
}
