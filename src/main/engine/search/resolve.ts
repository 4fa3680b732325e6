import type { SessionId } from '../../../shared/model/ids.ts'
import { findQueryField, type QueryField } from '../../../shared/model/query-fields.ts'
import { nearest } from '../nearest.ts'
import { allOf, anyOf, type Condition } from './condition.ts'
import { parseQuery } from './parse.ts'
import { containing } from './pattern.ts'
import { resolveTime } from './resolve-time.ts'
import { resolveNumber, resolveValues, textOf } from './resolve-values.ts'
import { syntaxError } from './syntax-error.ts'
import type { FieldNode, RangeNode, SyntaxNode } from './syntax-tree.ts'

/** What the meaning of a query depends on beside its text. */
export interface QueryContext {
  readonly fields: readonly QueryField[]
  readonly nowMs: number
  /** What a typed session id is looked for as: SessionIds.sought. */
  readonly soughtSession: (typed: string) => SessionId
}

/**
 * What a query asks for.
 * @throws GatehouseError QUERY_SYNTAX that names the place and what to write instead; POSTGRES_UNAVAILABLE where a
 *   session id cannot be hashed because the audit store was never reached
 */
export function readQuery(query: string, context: QueryContext): Condition {
  return resolve(parseQuery(query), context)
}

function resolve(node: SyntaxNode, context: QueryContext): Condition {
  switch (node.kind) {
    case 'all':
      return { kind: 'all' }
    case 'and':
      return allOf(node.nodes.map((child) => resolve(child, context)))
    case 'or':
      return anyOf(node.nodes.map((child) => resolve(child, context)))
    case 'not':
      return { kind: 'not', condition: resolve(node.node, context) }
    case 'text':
      return { kind: 'anyText', pattern: containing(textOf(node.value)) }
    case 'field':
    case 'range':
      return resolveField(node, context)
  }
}

function resolveField(node: FieldNode | RangeNode, context: QueryContext): Condition {
  const field = findQueryField(context.fields, node.name)
  if (field === undefined) throw unknownField(node, context.fields)
  switch (field.type) {
    case 'number':
      return resolveNumber(field, node)
    case 'span':
    case 'after':
    case 'before':
    case 'time':
      return resolveTime(field, node, context.nowMs)
    case 'identifier':
    case 'word':
    case 'text':
    case 'choice':
    case 'address':
    case 'session':
      return resolveValues(field, node, context)
  }
}

function unknownField(node: FieldNode | RangeNode, fields: readonly QueryField[]): Error {
  const names = fields.flatMap(({ name, aliases }) => [name, ...aliases])
  const meant = nearest(node.name, names)
  const advice =
    meant === null ? `the fields are ${fields.map(({ name }) => name).join(', ')}` : `did you mean "${meant}"`
  const shown = node.name.slice(0, 40)
  return syntaxError(node.at, `there is no field "${shown}": ${advice}? Text with a colon in it goes in quotes.`)
}
