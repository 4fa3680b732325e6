import { GatehouseError } from '../shared/errors.ts'
import type { Script } from './script.ts'

/** An ioredis client, `Redis` or `Cluster`, as far as the library uses it. */
export interface IoredisClient {
  readonly status: string
  readonly isCluster: boolean
  evalsha(sha: string, keys: number, ...words: string[]): Promise<unknown>
  eval(lua: string, keys: number, ...words: string[]): Promise<unknown>
}

/** A client or a cluster of the package `redis` (node-redis), as far as the library uses it. */
export interface NodeRedisClient {
  readonly isReady: boolean
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(lua: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** The application's own client. The library opens no connection and closes none. */
export type RedisClient = IoredisClient | NodeRedisClient

/** All that the library does in Redis: run scripts of its own. */
export interface ScriptRunner {
  /** Keys of one script must lie in one slot then. */
  readonly cluster: boolean
  /** False while a command would wait for a connection. */
  ready(): boolean
  /** Rejects with whatever the client rejects with. */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>
}

const isIoredis = (client: object): client is IoredisClient => 'evalsha' in client
const isNodeRedis = (client: object): client is NodeRedisClient => 'evalSha' in client
const isUnknownScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith('NOSCRIPT')

/**
 * @param owner the function whose option `redis` it is, for the message
 * @throws GatehouseError CONFIG_INVALID when it is no client that the library knows
 */
export function runnerOf(owner: string, client: unknown): ScriptRunner {
  const found = typeof client === 'object' && client !== null ? runnerOfObject(client) : null
  if (found !== null) return found
  throw new GatehouseError(
    'CONFIG_INVALID',
    `${owner}: the option "redis" is no Redis client: pass one of ioredis (Redis or Cluster) or of the package redis.`,
    { option: 'redis' },
  )
}

function runnerOfObject(client: object): ScriptRunner | null {
  if (isIoredis(client)) {
    return {
      cluster: client.isCluster,
      // "wait": opened lazily, by its first command.
      ready: () => client.status === 'ready' || client.status === 'wait',
      run: (script, keys, args) =>
        byDigest(
          () => client.evalsha(script.sha, keys.length, ...keys, ...args),
          () => client.eval(script.lua, keys.length, ...keys, ...args),
        ),
    }
  }
  if (!isNodeRedis(client)) return null
  return {
    cluster: 'slots' in client,
    ready: () => client.isReady,
    run: (script, keys, args) => {
      const words = { keys: [...keys], arguments: [...args] }
      return byDigest(
        () => client.evalSha(script.sha, words),
        () => client.eval(script.lua, words),
      )
    },
  }
}

/** The numbers of a reply, one or a list: clients can be told to give them as texts. */
export const numbersOf = (reply: unknown): number[] => (Array.isArray(reply) ? reply : [reply]).map(Number)

/** A Redis that does not have the script did nothing and says so; then it gets the text, once. */
async function byDigest(digest: () => Promise<unknown>, text: () => Promise<unknown>): Promise<unknown> {
  try {
    return await digest()
  } catch (error) {
    if (!isUnknownScript(error)) throw error
    return text()
  }
}
