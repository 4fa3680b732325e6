import { isEntries } from '../../json-values.ts'

/** Where applications on express-session keep the user, the likeliest first: passport, then what tutorials write. */
const paths: readonly (readonly [string, ...string[]])[] = [
  ['passport', 'user'],
  ['user'],
  ['userId'],
  ['user_id'],
  ['userid'],
  ['uid'],
  ['account'],
  ['username'],
]
/** Names of the id within a user object, the likeliest first. */
const idNames = ['id', '_id', 'userId', 'user_id', 'uid', 'sub', 'username', 'email']

const idOf = (value: unknown): string | null =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : null

const own = (value: unknown, name: string): unknown =>
  isEntries(value) && Object.hasOwn(value, name) ? value[name] : undefined

/**
 * The user that a session belongs to, or null where nobody is logged in.
 * @returns `consumes`: the field that holds nothing but the id, so that it need not be kept twice; null if it holds more
 */
export function findUser(fields: Record<string, unknown>): { id: string; consumes: string | null } | null {
  for (const path of paths) {
    const found = path.reduce<unknown>(own, fields)
    const id = idOf(found)
    if (id !== null) return { id, consumes: path.length === 1 ? path[0] : null }
    for (const name of idNames) {
      const inner = idOf(own(found, name))
      if (inner !== null) return { id: inner, consumes: null }
    }
  }
  return null
}
