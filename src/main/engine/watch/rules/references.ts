import type { CorrelationDefinition, Definition, RuleFile } from './definitions.ts'
import { RuleError, type FieldPath } from './rule-error.ts'
import { namesIn } from './temporal-condition.ts'

/** What a correlation calls a rule, and where it does. */
export interface Reference {
  name: string
  path: FieldPath
}

/** The rules a correlation names: its list or, where a temporal one has none, the names in its condition. */
export function referencesOf({ document }: CorrelationDefinition): Reference[] {
  const { rules, condition } = document.correlation
  const path = ['correlation', 'rules']
  if (rules !== undefined) return rules.map((name, index) => ({ name, path: [...path, index] }))
  if (typeof condition !== 'string') throw new RuleError(path, 'a correlation needs rules: their names or ids')
  return namesIn(condition).map((name) => ({ name, path: ['correlation', 'condition'] }))
}

/** The rules of some files, by the names that others call them. */
export class RuleNames {
  readonly #known = new Map<string, Definition>()
  readonly #all: readonly RuleFile[]

  /** @param all files that may hold what is not known, because they were refused */
  constructor(all: readonly RuleFile[]) {
    this.#all = all
  }

  /** @throws RuleError where a name is taken: alerts are filed under it */
  add(definition: Definition): void {
    for (const name of definition.names) {
      const other = this.#known.get(name)
      if (other === undefined) continue
      const whose = other.file === definition.file ? 'another rule of this file' : `a rule in ${other.file}`
      const field = name === definition.document.name ? 'name' : 'id'
      throw new RuleError([field], `"${name}" is taken by ${whose}`)
    }
    for (const name of definition.names) this.#known.set(name, definition)
  }

  /** @throws RuleError where there is no rule of that name */
  find({ name, path }: Reference): Definition {
    const found = this.#known.get(name)
    if (found !== undefined) return found
    const home = this.#all.find(({ rules }) => rules.some(({ names }) => names.includes(name)))
    const where = home === undefined ? 'correct it' : `${home.file} has it, and was refused`
    throw new RuleError(path, `there is no rule with the name or id "${name}": ${where}`)
  }

  /** The rules that a correlation names, in its order. */
  referred(correlation: CorrelationDefinition): { name: string; definition: Definition }[] {
    const seen = new Set<Definition>()
    return referencesOf(correlation).map((reference) => {
      const definition = this.find(reference)
      if (seen.has(definition)) throw new RuleError(reference.path, `"${reference.name}" is named twice`)
      seen.add(definition)
      return { name: reference.name, definition }
    })
  }
}
