import { createHash } from 'node:crypto'

/** A Lua script that Redis runs as one step; its comment says what each of KEYS and ARGV is. */
export interface Script {
  readonly lua: string
  readonly sha: string
}

export const defineScript = (lua: string): Script => ({ lua, sha: createHash('sha1').update(lua).digest('hex') })

/**
 * A key in the same slot of a Redis Cluster as `key`: it carries the part by which Redis hashes that key (what stands in
 * its first braces, or all of it; Redis Cluster specification, "Hash tags").
 */
export function neighbourOf(key: string, suffix: string): string {
  const open = key.indexOf('{')
  const close = open < 0 ? -1 : key.indexOf('}', open + 1)
  const tag = close > open + 1 ? key.slice(open + 1, close) : key
  return `{${tag}}:${suffix}`
}
