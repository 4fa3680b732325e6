/** A value as it was typed; `at` is the offset of its first character in the query. Quoted values have no wildcards. */
export interface TypedValue {
  readonly text: string
  readonly quoted: boolean
  readonly at: number
}

export type Comparison = '=' | '<' | '<=' | '>' | '>='

/** A query as it is written. Lists have two nodes or more. */
export type SyntaxNode =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly SyntaxNode[] }
  | { readonly kind: 'not'; readonly node: SyntaxNode }
  | { readonly kind: 'text'; readonly value: TypedValue }
  | FieldNode
  | RangeNode

/** `name:value`, or any of several values. */
export interface FieldNode {
  readonly kind: 'field'
  readonly name: string
  readonly at: number
  readonly comparison: Comparison
  readonly values: readonly TypedValue[]
}

/** `name:[from TO to]`. */
export interface RangeNode {
  readonly kind: 'range'
  readonly name: string
  readonly at: number
  readonly from: TypedValue
  readonly to: TypedValue
  readonly fromIncluded: boolean
  readonly toIncluded: boolean
}
