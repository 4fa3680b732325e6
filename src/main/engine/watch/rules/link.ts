import { createHash } from 'node:crypto'
import type { Rule } from '../rule.ts'
import { compileBaseRule } from './base-rule.ts'
import { compileCorrelation } from './correlation-rule.ts'
import type { CorrelationDefinition, Definition, RuleFile } from './definitions.ts'
import type { RuleEnvironment } from './environment.ts'
import { filtered, Filters } from './filters.ts'
import { referencesOf, RuleNames } from './references.ts'
import { inPlace, RefusedFile } from './refused-file.ts'
import { RuleError } from './rule-error.ts'
import type { RuleDocument } from './yaml-file.ts'

/** What else there is beside the files that are linked. */
export interface LinkSurroundings {
  /** All files that could be read, the refused among them: messages say where a missing rule would be. */
  read: readonly RuleFile[]
  /** There are files that could not be read: nobody knows what they refer to. */
  unread: boolean
  environment: RuleEnvironment
}

type Referred = { name: string; definition: Definition }[]

/** The rules of files that refer to each other, each after those it counts. They hold where no file is refused. */
export function linkRules(
  files: readonly RuleFile[],
  around: LinkSurroundings,
): { rules: Rule[]; refused: RefusedFile[] } {
  const linker = new Linker(files, around)
  return { rules: linker.rules, refused: [...linker.refused.values()] }
}

class Linker {
  readonly rules: Rule[] = []
  readonly refused = new Map<string, RefusedFile>()
  readonly #around: LinkSurroundings
  readonly #names: RuleNames
  readonly #filters = new Filters()
  readonly #referred = new Map<Definition, Referred>()
  readonly #texts: ReadonlyMap<string, string>
  readonly #compiled = new Set<Definition>()

  constructor(files: readonly RuleFile[], around: LinkSurroundings) {
    this.#around = around
    this.#names = new RuleNames(around.read)
    this.#texts = new Map(files.map(({ file, text }) => [file, text]))
    const definitions = files.flatMap(({ rules }) => rules)
    const correlations = definitions.filter((definition) => definition.kind === 'correlation')
    const steps = [
      () => this.#each(definitions, (definition) => this.#names.add(definition)),
      () => this.#each(correlations, (one) => this.#referred.set(one, this.#names.referred(one))),
      () =>
        this.#each(
          files.flatMap(({ filters }) => filters),
          (filter) => this.#filters.add(filter, filtered(filter, this.#names, definitions)),
        ),
      () => this.#each(definitions, (definition) => this.#compile(definition, [])),
    ]
    // A step relies on what those before it have found.
    for (const step of steps) if (this.refused.size === 0) step()
  }

  #each<Item extends { file: string; yaml: RuleDocument }>(items: readonly Item[], work: (item: Item) => void): void {
    for (const item of items) {
      if (this.refused.has(item.file)) continue
      try {
        inPlace(item.file, item.yaml, () => work(item))
      } catch (error) {
        if (!(error instanceof RefusedFile)) throw error
        this.refused.set(error.file, error)
      }
    }
  }

  /** @param above the correlations on the way here, outermost first */
  #compile(definition: Definition, above: readonly CorrelationDefinition[]): void {
    if (this.#compiled.has(definition)) return
    if (definition.kind === 'correlation') this.#compileCorrelation(definition, above)
    else this.#compileBase(definition)
    this.#compiled.add(definition)
  }

  #compileCorrelation(correlation: CorrelationDefinition, above: readonly CorrelationDefinition[]): void {
    const referred = this.#referred.get(correlation) ?? []
    const way = [...above, correlation]
    for (const [index, { definition }] of referred.entries()) {
      if (definition.kind !== 'correlation') continue
      if (way.includes(definition)) {
        const circle = [...way.slice(way.indexOf(definition)), definition].map(({ names }) => names[0]).join(' -> ')
        const path = referencesOf(correlation)[index]?.path ?? []
        throw new RuleError(path, `the rules count each other in a circle: ${circle}`)
      }
      inPlace(definition.file, definition.yaml, () => this.#compile(definition, way))
    }
    this.rules.push(
      compileCorrelation(correlation, {
        referred: referred.map(({ name, definition }) => ({ name, definition, ruleId: ruleIdOf(definition) })),
        selected: (base) => this.#filters.selected(base),
        environment: this.#around.environment,
        origin: this.#originOf(correlation),
        alerts: this.#raisesAlerts(correlation),
      }),
    )
  }

  #compileBase(base: Extract<Definition, { kind: 'base' }>): void {
    const { level } = base.document
    const counting = this.#whoCounts(base)
    if (!this.#raisesAlerts(base)) return
    if (level !== undefined) {
      const selects = this.#filters.selected(base)
      this.rules.push(compileBaseRule(base, level, selects, this.#originOf(base), this.#around.environment))
    } else if (counting.length > 0) {
      throw new RuleError([], `${counting[0]?.names[0]} lets this rule raise alerts (generate): it needs a level`)
    } else if (!this.#isWanted(base)) {
      const reason = 'no correlation counts what this rule selects: give it a level, and it raises alerts by itself'
      throw new RuleError([], reason)
    }
  }

  #whoCounts(definition: Definition): CorrelationDefinition[] {
    const counting: CorrelationDefinition[] = []
    for (const [above, referred] of this.#referred) {
      if (above.kind === 'correlation' && referred.some((one) => one.definition === definition)) counting.push(above)
    }
    return counting
  }

  /** As Sigma has it, what others count raises no alerts, unless they let it. */
  #raisesAlerts(definition: Definition): boolean {
    const counting = this.#whoCounts(definition)
    return counting.length === 0 || counting.some(({ document }) => document.generate || document.correlation.generate)
  }

  /** Whether a rule in a refused file counts it, or may. */
  #isWanted({ names }: Definition): boolean {
    const { unread, read } = this.#around
    const correlations = read.flatMap(({ rules }) => rules).filter((one) => one.kind === 'correlation')
    return unread || correlations.some((one) => one.document.correlation.rules?.some((name) => names.includes(name)))
  }

  #originOf(definition: Definition) {
    const { file } = definition
    return { ruleId: ruleIdOf(definition), file, version: versionOf([...this.#filesOf(definition)], this.#texts) }
  }

  /** The files that make a rule what it is, its own first. */
  #filesOf(definition: Definition): Set<string> {
    const files = new Set([definition.file, ...this.#filters.of(definition).map(({ file }) => file)])
    for (const { definition: below } of this.#referred.get(definition) ?? []) {
      for (const file of this.#filesOf(below)) files.add(file)
    }
    return files
  }
}

const ruleIdOf = ({ names }: Definition): string => names[0] ?? ''

/** The first 12 hex digits of the SHA-256 of the texts. */
function versionOf(files: readonly string[], texts: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256')
  for (const file of files) hash.update(texts.get(file) ?? '')
  return hash.digest('hex').slice(0, 12)
}
