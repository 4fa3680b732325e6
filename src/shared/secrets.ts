const secretName = /pass(word|wd|phrase)|secret|token|authorization|cookie|api[-_]?key|private[-_]?key|credential/i

/** What stands where a secret stood. */
export const redacted = '[redacted]'

/**
 * Whether a value is to be redacted, by the name that it stands under. A flag (`password_changed: true`) tells nothing,
 * and express-session keeps the settings of its cookie (expiry, flags) in an object of that name: those are no secret.
 */
export const isSecret = (name: string, value: unknown): boolean =>
  secretName.test(name) &&
  value !== null &&
  typeof value !== 'boolean' &&
  !(name.toLowerCase() === 'cookie' && typeof value === 'object')
