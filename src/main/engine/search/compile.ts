import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { AddressRange } from '../address-range.ts'
import type { Condition } from './condition.ts'
import { toLike } from './pattern.ts'

type Sql<T = unknown> = RawBuilder<T>

/** How one store says what a condition needs. All values are bound, never part of the text. */
export interface SearchDialect {
  /** A value of the time columns. */
  time(epochMs: number): Sql
  number(value: number): Sql
  /** LIKE that ignores the case of the letters A to Z alone, with `!` as its escape. */
  like(text: Sql, pattern: string): Sql<SqlBool>
  /** Whether the row's address lies in the network. */
  within(range: AddressRange): Sql<SqlBool>
}

/** Which columns of a table the query's fields are. */
export interface SearchColumns {
  /** By field name: the text or number that it compares. */
  readonly fields: Readonly<Record<string, Sql>>
  /** What free text is looked for in. */
  readonly texts: readonly Sql[]
  /** The time by which rows are selected and ordered. */
  readonly time: Sql
  /** Null while the session lives. */
  readonly endedAt: Sql
}

/**
 * The WHERE of a condition. What a dialect adds is in SearchDialect; the rest is one SQL for both stores, so that both
 * give the same answer: case is ignored for the letters A to Z alone, and NOT holds where there is no value.
 */
export function compileCondition(condition: Condition, columns: SearchColumns, dialect: SearchDialect): Sql<SqlBool> {
  return compile(condition)

  function compile(node: Condition): Sql<SqlBool> {
    switch (node.kind) {
      case 'all':
        return sql`1 = 1`
      case 'and':
        return sql`(${sql.join(node.conditions.map(compile), sql` AND `)})`
      case 'or':
        return sql`(${sql.join(node.conditions.map(compile), sql` OR `)})`
      case 'not':
        return sql`(${compile(node.condition)} IS NOT TRUE)`
      case 'anyText': {
        const pattern = toLike(node.pattern)
        return sql`(${sql.join(
          columns.texts.map((text) => dialect.like(text, pattern)),
          sql` OR `,
        )})`
      }
      case 'present':
        return sql`${columnOf(node.field)} IS NOT NULL`
      case 'equals':
        return sql`${columnOf(node.field)} = ${node.value}`
      case 'like':
        return dialect.like(columnOf(node.field), toLike(node.pattern))
      case 'compare':
        return sql`${columnOf(node.field)} ${operators[node.comparison]} ${dialect.number(node.value)}`
      case 'within':
        return dialect.within(node.range)
      case 'time':
        return timeBetween(node.fromMs, node.untilMs)
      case 'ended':
        return node.ended ? sql`${columns.endedAt} IS NOT NULL` : sql`${columns.endedAt} IS NULL`
    }
  }

  function timeBetween(fromMs: number | null, untilMs: number | null): Sql<SqlBool> {
    const bounds = [
      ...(fromMs === null ? [] : [sql`${columns.time} >= ${dialect.time(fromMs)}`]),
      ...(untilMs === null ? [] : [sql`${columns.time} < ${dialect.time(untilMs)}`]),
    ]
    return sql`(${sql.join(bounds, sql` AND `)})`
  }

  function columnOf(field: string): Sql {
    const column = columns.fields[field]
    if (column === undefined) throw new Error(`The field "${field}" of the query language has no column.`)
    return column
  }
}

const operators = { '=': sql`=`, '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` } as const
