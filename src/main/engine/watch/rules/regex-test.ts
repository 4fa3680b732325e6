import { RE2JS } from 're2js'
import { messageOf } from '../../../../shared/errors.ts'
import { RuleError, type FieldPath } from './rule-error.ts'

const maxPatternLength = 1_000
/** Matching takes text times program steps at most; an ordinary pattern has less than a hundred. */
const maxProgramSize = 500
const maxTextLength = 16_384

/**
 * A search for a regular expression in a text, in time that grows with the text alone, whatever the pattern: there are
 * no back references and no look-around (RE2's syntax, which holds all that the Sigma appendix allows). Of longer texts
 * the first 16 KiB are searched.
 */
export function compileRegex(wanted: unknown, flags: ReadonlySet<string>, path: FieldPath): (text: string) => boolean {
  if (typeof wanted !== 'string' || wanted === '') throw new RuleError(path, 're takes a text')
  if (wanted.length > maxPatternLength) {
    throw new RuleError(path, `the regular expression is longer than ${maxPatternLength} characters`)
  }
  const search = compiled(wanted, flags, path)
  if (search.programSize() > maxProgramSize) {
    throw new RuleError(path, 'the regular expression takes too many steps: repeat less, or write several')
  }
  return (text) => search.test(text.length > maxTextLength ? text.slice(0, maxTextLength) : text)
}

function compiled(pattern: string, flags: ReadonlySet<string>, path: FieldPath): RE2JS {
  const bits =
    (flags.has('i') ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.has('m') ? RE2JS.MULTILINE : 0) |
    (flags.has('s') ? RE2JS.DOTALL : 0)
  try {
    return RE2JS.compile(pattern, bits)
  } catch (error) {
    throw new RuleError(path, `the regular expression cannot be used: ${messageOf(error)}`)
  }
}
