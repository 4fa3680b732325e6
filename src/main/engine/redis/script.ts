import { createHash } from 'node:crypto'
import type { RedisCommands } from './connection.ts'

type Argument = string | Buffer | number

export interface ScriptDefinition {
  /** Stands in the errors. */
  name: string
  /** How many KEYS it takes, or 'any'. Its comment says what each of KEYS and ARGV is. */
  keys: number | 'any'
  lua: string
}

/** A Lua script that Redis runs as one step. Replies are whatever the script returns: the caller knows their shape. */
export interface Script {
  /** Bulk strings in the reply come as text. */
  run(client: RedisCommands, keys: readonly Argument[], args?: readonly Argument[]): Promise<unknown>
  /** Bulk strings in the reply come as bytes: for values that need not be valid UTF-8. */
  runBuffer(client: RedisCommands, keys: readonly Argument[], args?: readonly Argument[]): Promise<unknown>
}

const isUnknownScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith('NOSCRIPT')

/**
 * A script sent by its digest. A Redis that does not have it (it restarted, or never had it) did nothing and says so;
 * then the whole text is sent, once.
 * @throws RangeError when a call gives another number of keys than the definition
 */
export function defineScript({ name, keys: taken, lua }: ScriptDefinition): Script {
  const sha = createHash('sha1').update(lua).digest('hex')

  async function call(
    keys: readonly Argument[],
    byDigest: (digest: string) => Promise<unknown>,
    byText: (text: string) => Promise<unknown>,
  ): Promise<unknown> {
    if (taken !== 'any' && keys.length !== taken) {
      throw new RangeError(`Script ${name} takes ${taken} keys, got ${keys.length}.`)
    }
    try {
      return await byDigest(sha)
    } catch (error) {
      if (!isUnknownScript(error)) throw error
      return byText(lua)
    }
  }

  return {
    run: (client, keys, args = []) =>
      call(
        keys,
        (digest) => client.evalsha(digest, keys.length, ...keys, ...args),
        (text) => client.eval(text, keys.length, ...keys, ...args),
      ),
    runBuffer: (client, keys, args = []) =>
      call(
        keys,
        (digest) => client.callBuffer('EVALSHA', digest, keys.length, ...keys, ...args),
        (text) => client.callBuffer('EVAL', text, keys.length, ...keys, ...args),
      ),
  }
}
