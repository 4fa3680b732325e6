import type { BaseDefinition, Definition, FilterDefinition } from './definitions.ts'
import { allOf, type Predicate } from './predicate.ts'
import type { RuleNames } from './references.ts'
import { RuleError, type FieldPath } from './rule-error.ts'

/** The base rules that a filter is for: those it names, or `any` of its log source. */
export function filtered(
  { document }: FilterDefinition,
  names: RuleNames,
  definitions: readonly Definition[],
): BaseDefinition[] {
  const { rules } = document.filter
  const path: FieldPath = ['filter', 'rules']
  const { service } = document.logsource
  const isOfSource = (base: BaseDefinition) => service === undefined || service === base.document.logsource.service
  if (rules.length === 0) throw new RuleError(path, 'a filter needs rules: their names or ids, or any')
  if (rules.length === 1 && /^(?:any|all)$/i.test(rules[0] ?? '')) {
    return definitions.filter((definition) => definition.kind === 'base').filter(isOfSource)
  }
  return rules.map((name, index) => {
    const definition = names.find({ name, path: [...path, index] })
    if (definition.kind !== 'base') {
      throw new RuleError([...path, index], `"${name}" is a correlation: a filter is for rules that select events`)
    }
    if (!isOfSource(definition)) {
      throw new RuleError([...path, index], `"${name}" has another log source: the filter's service must be its own`)
    }
    return definition
  })
}

/** What base rules select once each filter has its say. */
export class Filters {
  readonly #of = new Map<Definition, FilterDefinition[]>()

  add(filter: FilterDefinition, bases: readonly BaseDefinition[]): void {
    for (const base of bases) this.#of.set(base, [...this.of(base), filter])
  }

  of(definition: Definition): readonly FilterDefinition[] {
    return this.#of.get(definition) ?? []
  }

  /** As in pySigma, the filter's condition must hold too: `not selection` takes events out. */
  selected(base: BaseDefinition): Predicate {
    const filters = this.of(base)
    return filters.length === 0 ? base.selects : allOf([base.selects, ...filters.map(({ keeps }) => keeps)])
  }
}
