import type { OpenEnds } from './glob.ts'
import { RuleError, type FieldPath } from './rule-error.ts'

export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'
export type Encoding = 'utf16le' | 'utf16be' | 'utf16' | 'base64' | 'base64offset'
export type Order = 'gt' | 'gte' | 'lt' | 'lte'

/** What the modifiers after a field say, together. */
export interface Modifiers {
  compare: 'text' | 're' | 'cidr' | 'exists' | 'order' | 'fieldref'
  order: Order | null
  /** Of `contains`, `startswith` and `endswith`. */
  ends: OpenEnds
  /** In the order in which they are written. */
  encodings: readonly Encoding[]
  timePart: TimePart | null
  /** Of a regular expression: i, m, s. */
  flags: ReadonlySet<string>
  cased: boolean
  windash: boolean
  /** Each value of the list must fit, rather than one. */
  all: boolean
  /** The field must not fit. */
  neq: boolean
}

type Group = 'compare' | 'ends' | 'encoding' | 'time' | 'flag' | 'general'

/** The modifiers of the Sigma modifiers appendix 2.1. Of `compare`, `ends` and `time`, one each may stand after a field. */
const groups: ReadonlyMap<string, Group> = new Map<string, Group>([
  ['contains', 'ends'],
  ['startswith', 'ends'],
  ['endswith', 'ends'],
  ['re', 'compare'],
  ['i', 'flag'],
  ['m', 'flag'],
  ['s', 'flag'],
  ['cidr', 'compare'],
  ['exists', 'compare'],
  ['gt', 'compare'],
  ['gte', 'compare'],
  ['lt', 'compare'],
  ['lte', 'compare'],
  ['fieldref', 'compare'],
  ['base64', 'encoding'],
  ['base64offset', 'encoding'],
  ['utf16le', 'encoding'],
  ['utf16be', 'encoding'],
  ['utf16', 'encoding'],
  ['wide', 'encoding'],
  ['minute', 'time'],
  ['hour', 'time'],
  ['day', 'time'],
  ['week', 'time'],
  ['month', 'time'],
  ['year', 'time'],
  ['cased', 'general'],
  ['windash', 'general'],
  ['all', 'general'],
  ['neq', 'general'],
])

const openEnds: Readonly<Record<string, OpenEnds>> = {
  contains: { start: true, end: true },
  startswith: { end: true },
  endswith: { start: true },
}

/** What else may stand beside each comparison; `neq` and `all` go with any but `exists`. */
const companions: Readonly<Record<Modifiers['compare'], readonly Group[]>> = {
  text: ['ends', 'encoding', 'time'],
  re: ['flag'],
  cidr: [],
  exists: [],
  order: ['time'],
  fieldref: ['ends'],
}

/** @throws RuleError where one is unknown, or two do not go together */
export function parseModifiers(names: readonly string[], path: FieldPath): Modifiers {
  for (const name of names) {
    if (name === 'expand') {
      throw new RuleError(path, 'expand is not supported: there are no placeholders here, write the values themselves')
    }
    if (!groups.has(name)) {
      throw new RuleError(path, `the modifier "${name}" is not supported: use ${[...groups.keys()].join(', ')}`)
    }
  }
  if (new Set(names).size < names.length) throw new RuleError(path, 'a modifier is written twice')
  const of = (group: Group) => names.filter((name) => groups.get(name) === group)
  for (const group of ['compare', 'ends', 'time'] as const) {
    if (of(group).length > 1)
      throw new RuleError(path, `${of(group).join(' and ')} cannot be combined: use one of them`)
  }
  const [comparison] = of('compare')
  const compare = comparison === undefined ? 'text' : isOrder(comparison) ? 'order' : comparison
  const modifiers: Modifiers = {
    compare: compare as Modifiers['compare'],
    order: comparison !== undefined && isOrder(comparison) ? comparison : null,
    ends: openEnds[of('ends')[0] ?? ''] ?? {},
    encodings: of('encoding').map((name) => (name === 'wide' ? 'utf16le' : name) as Encoding),
    timePart: (of('time')[0] as TimePart | undefined) ?? null,
    flags: new Set(of('flag')),
    cased: names.includes('cased'),
    windash: names.includes('windash'),
    all: names.includes('all'),
    neq: names.includes('neq'),
  }
  checkTogether(names, modifiers, comparison ?? 'a comparison of values', path)
  return modifiers
}

const isOrder = (name: string): name is Order => name === 'gt' || name === 'gte' || name === 'lt' || name === 'lte'

function checkTogether(names: readonly string[], modifiers: Modifiers, comparison: string, path: FieldPath): void {
  const { compare, timePart, encodings, cased, windash, all, neq } = modifiers
  const refuse = (one: string, other: string) => {
    throw new RuleError(path, `${one} does not go with ${other}`)
  }
  const allowed: readonly Group[] = [...companions[compare], 'compare', 'general']
  const stray = names.find((name) => !allowed.includes(groups.get(name) ?? 'general'))
  if (stray !== undefined) refuse(stray, comparison)
  const isText = compare === 'text' && timePart === null
  if (timePart !== null && names.some((name) => ['ends', 'encoding'].includes(groups.get(name) ?? ''))) {
    refuse(timePart, 'modifiers of texts')
  }
  if (cased && !isText && compare !== 'fieldref') refuse('cased', comparison)
  if (windash && !isText) refuse('windash', comparison)
  if (windash && encodings.length > 0) refuse('windash', encodings.join(' and '))
  if (encodings.slice(0, -1).some((encoding) => encoding.startsWith('base64'))) refuse('base64', 'a further encoding')
  if (compare === 'exists' && (all || neq)) refuse(all ? 'all' : 'neq', 'exists')
}
