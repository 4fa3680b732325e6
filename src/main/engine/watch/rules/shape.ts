import type { z } from 'zod'
import { RuleError, type FieldPath } from './rule-error.ts'

/**
 * The value in the shape of a schema.
 * @param at where in the document it stands
 * @throws RuleError at the first thing that does not fit
 */
export function shaped<Schema extends z.ZodType>(schema: Schema, value: unknown, at: FieldPath = []): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { issues } = result.error
  // A name that is written wrong says more than the field that is missing for it.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
  if (issue === undefined) throw new RuleError(at, 'this is not a rule')
  const path = [...at, ...issue.path.filter((step) => typeof step !== 'symbol')]
  if (issue.code === 'unrecognized_keys') {
    throw new RuleError([...path, issue.keys[0] ?? ''], 'this field is not supported: remove it, or correct its name')
  }
  throw new RuleError(path, issue.message)
}

/** Whether a document has a field of its own by that name. */
export const has = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
