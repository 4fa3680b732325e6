import { compileGlob } from './glob.ts'
import { RuleError, type FieldPath } from './rule-error.ts'

const maxDepth = 50
const maxLength = 5_000

/** What conditions are made of: tests of events, or of what a window has seen. */
export interface Algebra<Test> {
  allOf(tests: readonly Test[]): Test
  anyOf(tests: readonly Test[]): Test
  not(test: Test): Test
}

/**
 * Compiles a Sigma condition: names of selections, `not`, `and`, `or` (binding in that order), parentheses, and
 * `1 of` / `any of` / `all of` with `them` or a name with `*`. As Sigma has it, `them` leaves out names that begin with `_`.
 */
export function compileCondition<Test>(
  condition: string,
  selections: ReadonlyMap<string, Test>,
  { allOf, anyOf, not }: Algebra<Test>,
  path: FieldPath,
): Test {
  if (condition.length > maxLength) throw new RuleError(path, `the condition is longer than ${maxLength} characters`)
  const tokens = condition.match(/[()]|[^\s()]+/g) ?? []
  let at = 0
  let depth = 0

  const test = parseOr()
  if (at < tokens.length) fail(`"${tokens[at]}" is not expected here`)
  return test

  function parseOr(): Test {
    const tests = [parseAnd()]
    while (accept('or')) tests.push(parseAnd())
    return anyOf(tests)
  }

  function parseAnd(): Test {
    const tests = [parseNot()]
    while (accept('and')) tests.push(parseNot())
    return allOf(tests)
  }

  function parseNot(): Test {
    if (++depth > maxDepth) fail(`it is nested deeper than ${maxDepth}`)
    try {
      if (!accept('not')) return parseOperand()
      return not(parseNot())
    } finally {
      depth--
    }
  }

  function parseOperand(): Test {
    if (accept('(')) {
      const inner = parseOr()
      if (!accept(')')) fail('a closing parenthesis is missing')
      return inner
    }
    const word = tokens[at++] ?? fail('it ends too early')
    if (tokens[at]?.toLowerCase() === 'of') return parseOf(word.toLowerCase())
    return selections.get(word) ?? fail(`there is no selection "${word}"`)
  }

  function parseOf(quantity: string): Test {
    at++
    const pattern = tokens[at++] ?? fail('"of" needs a name with *, or them')
    const tests = matching(pattern)
    if (quantity === 'all') return allOf(tests)
    if (quantity === '1' || quantity === 'any') return anyOf(tests)
    return fail(`"${quantity} of" is not supported: use 1 of, any of or all of`)
  }

  function matching(pattern: string): Test[] {
    const fits = pattern.toLowerCase() === 'them' ? (name: string) => !name.startsWith('_') : compileGlob(pattern)
    const tests = [...selections].filter(([name]) => fits(name)).map(([, selected]) => selected)
    return tests.length > 0 ? tests : fail(`no selection is called "${pattern}"`)
  }

  function accept(word: string): boolean {
    if (tokens[at]?.toLowerCase() !== word) return false
    at++
    return true
  }

  function fail(reason: string): never {
    throw new RuleError(path, `the condition "${condition}" cannot be read: ${reason}`)
  }
}
