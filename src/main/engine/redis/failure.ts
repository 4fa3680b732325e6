import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import { explainNetworkFailure } from '../network-failure.ts'
import type { RedisTarget } from './target.ts'

/** By the first word of what Redis answers. */
const sentences: Readonly<Record<string, (target: RedisTarget, said: string) => string>> = {
  NOAUTH: ({ at }) => `Redis at ${at} wants a password: put it into REDIS_URL (redis://user:password@host).`,
  WRONGPASS: ({ at, username }) =>
    `Redis at ${at} refuses the password of user "${username ?? 'default'}", or the user is disabled: correct REDIS_URL.`,
  NOPERM: ({ at, username }, said) =>
    `Redis at ${at} does not let user "${username ?? 'default'}" do what Gatehouse needs (${said}): extend its ACL.`,
  DENIED: ({ at }) => `Redis at ${at} runs in protected mode: set a password there, or let it listen for this machine.`,
  LOADING: ({ at }) => `Redis at ${at} is loading its data.`,
  MASTERDOWN: ({ at }) => `Redis at ${at} is a replica that has lost its master: point REDIS_URL to the master.`,
  READONLY: ({ at }) => `Redis at ${at} is a replica: a failover is under way, or REDIS_URL must point to the master.`,
  CLUSTERDOWN: (_, said) =>
    `The Cluster does not serve all slots (${said}): start its servers, or wait until their replicas have taken over.`,
}

/** What went wrong with a connection and what to do, in words without the password. */
export function explainRedisFailure(error: unknown, target: RedisTarget): string {
  if (error instanceof GatehouseError) return error.message
  const said = messageOf(error)
  const ofSentinel = /^failed to connect to sentinel (\S+) because (.*)$/.exec(said)
  if (ofSentinel !== null) return explainSentinel(ofSentinel[1] ?? '', ofSentinel[2] ?? '', target)
  // Redis older than 6 says "ERR invalid password", HELLO wraps NOAUTH in a longer sentence.
  const word = /invalid (username-)?password/.test(said) ? 'WRONGPASS' : (said.split(' ', 1)[0]?.replace('-', '') ?? '')
  const sentence = sentences[word]
  if (sentence !== undefined) return sentence(target, said)
  const hint =
    target.tls && /timed?out/i.test(said) ? ' Perhaps it does not speak TLS: then the URL begins with redis://.' : ''
  return (explainNetworkFailure(error, `Redis at ${target.at}`) ?? `Redis at ${target.at}: ${said}`) + hint
}

/** What a Sentinel answered instead of the master's address. */
function explainSentinel(at: string, said: string, { masterName }: RedisTarget): string {
  if (/No such master/.test(said)) {
    return `The Sentinel at ${at} knows no master "${masterName}": REDIS_URL must end with the name that its configuration gives.`
  }
  if (/NOAUTH|WRONGPASS|invalid (username-)?password/.test(said)) {
    return `The Sentinel at ${at} wants a password of its own: set REDIS_SENTINEL_PASSWORD (redis.sentinel.password).`
  }
  return `The Sentinel at ${at} does not answer: ${said} Start it, or correct the hosts in REDIS_URL.`
}

/** How ioredis words that a command was not sent or not answered: it gives these errors no code. */
const notAnswered = new RegExp(
  `^(${[
    'Connection is closed',
    "Stream isn't writeable",
    'Command timed out',
    'Command aborted',
    'Reached the max retries',
    'Socket timeout',
    'Cluster is',
    'None of startup nodes',
    'Failed to refresh slots',
    'Too many Cluster redirections',
  ].join('|')})`,
)

/** Whether a command failed because Redis was away, not because of what it asked. */
export function isRedisAway(error: Error): boolean {
  if (error.name === 'ReplyError') return /^(LOADING|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN)\b/.test(error.message)
  return notAnswered.test(error.message) || ('syscall' in error && 'code' in error)
}

/** The error of such a command; `reason` says why Redis is away. */
export function unavailable(cause: Error, reason: string): GatehouseError {
  const unanswered = cause.message.startsWith('Command timed out')
  const message = unanswered
    ? 'Redis did not answer in time; whether it did what was asked is not known.'
    : cause.name === 'ReplyError'
      ? `${reason} It answered: ${cause.message}`
      : reason
  return new GatehouseError('REDIS_UNAVAILABLE', message, {}, { cause })
}
