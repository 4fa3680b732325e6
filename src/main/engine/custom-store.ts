import { z } from 'zod'

/** One `*` that stands for the session id, with text before it, and perhaps after it: `app:*`, `app:*:session`. */
const keyPattern = z.string().refine((text) => /^[^*?[\]\\]+\*[^*?[\]\\]*$/.test(text), {
  error: 'a prefix, one * in the place of the session id, and perhaps a suffix, such as app:*:session',
})
/** `user.id`: names from the outermost to the innermost; in a hash the first one is the field. */
const path = z.string().refine((text) => text.length <= 200 && text.split('.').every((name) => name !== ''), {
  error: 'names separated by dots, such as user.id',
})

/** Profiles that rows may name already (sessions/profiles; a test holds this to them). */
export const takenNames: ReadonlySet<string> = new Set([
  'plain-json',
  'plain-hash',
  'connect-redis',
  'spring-session',
  'spring-session-indexed',
  'better-auth',
  'authjs-upstash',
  'django-cache',
  'django-cached-db',
  'flask-session',
  'laravel-cache',
  'rack-session',
  'phpredis',
  'symfony',
])

/** Sessions of an application of one's own: where they lie and what their fields are called. */
export const CustomStore = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { error: 'up to 40 small letters, digits and -' }),
  keyPattern,
  /** A JSON object in a string, or a hash. */
  type: z.enum(['json', 'hash']),
  /** Where each field of a session is; those that are left out are not known. All others are kept as metadata. */
  fields: z
    .strictObject({
      userId: path.optional(),
      ipAddress: path.optional(),
      userAgent: path.optional(),
      country: path.optional(),
      lastActive: path.optional(),
      expiresAt: path.optional(),
      isActive: path.optional(),
      forceLogout: path.optional(),
      apiCallCount: path.optional(),
    })
    .refine((fields) => Object.keys(fields).length > 0, { error: 'at least one field, userId above all' }),
  /** What numbers in lastActive and expiresAt count; `auto`: seconds below 100,000,000,000, else milliseconds. */
  timeUnit: z.enum(['auto', 's', 'ms']).default('auto'),
})
export type CustomStore = z.output<typeof CustomStore>

/**
 * No two mappings of one name, or of one prefix and type: only one of them could ever read a value. Names of the stores
 * that Gatehouse knows are taken.
 */
export const CustomStores = z
  .array(CustomStore)
  .max(20)
  .superRefine((stores, context) => {
    for (const [index, store] of stores.entries()) {
      const before = stores.slice(0, index)
      if (before.some(({ name }) => name === store.name) || takenNames.has(store.name)) {
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'a name that no other session store has' })
      }
      const prefixOf = (pattern: string): string => pattern.split('*', 1)[0] ?? ''
      const rivals = before.filter(({ keyPattern: pattern }) => prefixOf(pattern) === prefixOf(store.keyPattern))
      if (rivals.some(({ type }) => type === store.type)) {
        const message = `another prefix than that of ${rivals[0]?.name}, or another type`
        context.addIssue({ code: 'custom', path: [index, 'keyPattern'], message })
      } else if (rivals.some(({ keyPattern: pattern }) => pattern !== store.keyPattern)) {
        const message = `the suffix of ${rivals[0]?.name}, which has the same prefix`
        context.addIssue({ code: 'custom', path: [index, 'keyPattern'], message })
      }
    }
  })
