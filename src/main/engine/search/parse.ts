import { isIPv6 } from 'node:net'
import { maxQueryLength } from '../../../shared/model/page.ts'
import { Scanner } from './scanner.ts'
import { syntaxError } from './syntax-error.ts'
import type { Comparison, SyntaxNode, TypedValue } from './syntax-tree.ts'

/*
 * A recursive descent over the grammar
 *
 *   query  = [ or ]
 *   or     = and { "OR" and }
 *   and    = unary { [ "AND" ] unary }
 *   unary  = ( "NOT" | "-" ) unary | "(" or ")" | field ":" values | text
 *   values = [ ">" | ">=" | "<" | "<=" | "=" ] value { "," value }
 *          | "(" value { ( "OR" | "," ) value } ")"
 *          | ( "[" | "{" ) value "TO" value ( "]" | "}" )
 *
 * which is Lucene's, less what a regular expression, a fuzzy match and a boost are. It is written here because liqe, which
 * parses such queries, takes exponential time and memory for "(a) (a) (a)..." (16 of them 1.6 s, 20 of them 56 s and 2.5 GB),
 * reads 00123 as the number 123, gives AND and OR the same rank and refuses 10.0.0.0/8, 2001:db8::1 and a,b unquoted.
 */

/** Far more than a person types; a SQL expression of that size is still quick to plan. */
const maxTerms = 100
const maxDepth = 32

const fieldName = /[A-Za-z_][\w.-]*:/y
const keyword = { and: /AND(?=[\s()]|$)/y, or: /OR(?=[\s()]|$)/y, not: /NOT(?=[\s()]|$)/y }
/** Each character fits one alternative only, so that no text makes it backtrack. */
const quotedText = /"(?:\\["\\]|\\(?!["\\])|[^"\\])*"/y
/** Body and flags of a regular expression, up to where a value can end. */
const regularExpression = /\/(?:\\.|[^/\\\n])+\/[dgimsuvy]*(?=[\s),]|$)/y

/**
 * The structure of a query, with the places of its parts; what fields and values mean is not looked at yet.
 * @throws GatehouseError QUERY_SYNTAX that names the place and what to write instead
 */
export function parseQuery(query: string): SyntaxNode {
  if (query.length > maxQueryLength) {
    throw syntaxError(maxQueryLength, `the query ends at ${maxQueryLength} characters, this one has ${query.length}.`)
  }
  const nul = query.indexOf('\0')
  if (nul !== -1) throw syntaxError(nul, 'no stored text holds a NUL, it is shown as \\u0000: search for "\\u0000".')
  return new Parser(query.toWellFormed()).parse()
}

class Parser {
  readonly #scanner: Scanner
  #terms = 0
  #depth = 0

  constructor(query: string) {
    this.#scanner = new Scanner(query)
  }

  parse(): SyntaxNode {
    this.#scanner.skipBlanks()
    if (this.#scanner.done) return { kind: 'all' }
    const node = this.#or()
    if (!this.#scanner.done) throw this.#error('this ")" closes nothing: remove it, or put the text in quotes.')
    return node
  }

  #or(): SyntaxNode {
    const nodes = [this.#and()]
    while (this.#scanner.take(keyword.or) !== null) nodes.push(this.#and())
    return joined('or', nodes)
  }

  #and(): SyntaxNode {
    const nodes = [this.#unary()]
    for (;;) {
      const demanded = this.#scanner.take(keyword.and) !== null
      const ends = this.#scanner.done || this.#scanner.next === ')' || this.#scanner.looksAt(keyword.or)
      if (ends && !demanded) return joined('and', nodes)
      nodes.push(this.#unary())
    }
  }

  /** Takes the blanks after it too: whoever goes on stands at something or at the end. */
  #unary(): SyntaxNode {
    this.#scanner.skipBlanks()
    if (++this.#depth > maxDepth) throw this.#error(`more than ${maxDepth} brackets and negations inside each other.`)
    const node = this.#negation() ?? this.#group() ?? this.#term()
    this.#depth--
    this.#scanner.skipBlanks()
    return node
  }

  #negation(): SyntaxNode | null {
    if (this.#scanner.take(keyword.not) === null) {
      if (this.#scanner.take(/-/y) === null) return null
      if (this.#scanner.looksAt(/\s|$/y)) {
        throw this.#error('"-" stands alone: it excludes what follows it directly, as in -country:DE.', -1)
      }
    }
    return { kind: 'not', node: this.#unary() }
  }

  #group(): SyntaxNode | null {
    const at = this.#scanner.at
    if (this.#scanner.take(/\(/y) === null) return null
    const node = this.#or()
    if (this.#scanner.take(/\)/y) === null) throw syntaxError(at, 'this "(" is not closed: add ")".')
    return node
  }

  #term(): SyntaxNode {
    const { at } = this.#scanner
    if (this.#scanner.done) throw this.#error('the query ends where a term should follow.')
    if (this.#scanner.looksAt(/\)/y)) throw this.#error('nothing stands before this ")": write a term there.')
    const misplaced = this.#scanner.take(/(?:AND|OR)(?=[\s()]|$)/y)
    if (misplaced !== null) throw syntaxError(at, `${misplaced} needs a term on both sides, or quotes if it is text.`)
    const name = this.#startsAddress() ? null : this.#scanner.take(fieldName)
    if (name !== null) return this.#field(name.slice(0, -1), at)
    const value = this.#value(/[^\s()"]+/y)
    if (!value.quoted && /^(and|or|not)$/.test(value.text)) {
      const capitals = value.text.toUpperCase()
      throw syntaxError(
        at,
        `write ${capitals} in capitals to join terms, or "${value.text}" in quotes to find the word.`,
      )
    }
    return { kind: 'text', value }
  }

  /** `fe80::1` is text to look for, although it begins like a field's name. */
  #startsAddress(): boolean {
    const { at, text } = this.#scanner
    return isIPv6(/^[^\s()"]*/.exec(text.slice(at, at + 64))?.[0] ?? '')
  }

  #field(name: string, at: number): SyntaxNode {
    const range = this.#range(name, at)
    if (range !== null) return range
    if (this.#scanner.take(/\(/y) !== null) return { kind: 'field', name, at, comparison: '=', values: this.#list() }
    const comparison = (this.#scanner.take(/[<>]=?|=/y) ?? '=') as Comparison
    const values = [this.#fieldValue(name)]
    while (this.#scanner.take(/,/y) !== null) values.push(this.#fieldValue(name))
    return { kind: 'field', name, at, comparison, values }
  }

  #fieldValue(name: string): TypedValue {
    if (this.#scanner.looksAt(/[\s),]|$/y)) {
      throw this.#error(`"${name}:" needs a value right after it, without a blank, as in ${name}:value.`)
    }
    return this.#value(/[^\s(),"]+/y)
  }

  /** What stands in the brackets of `user:(alice OR "bob b")`. */
  #list(): TypedValue[] {
    const opened = this.#scanner.at - 1
    const values: TypedValue[] = []
    do {
      this.#scanner.skipBlanks()
      if (this.#scanner.looksAt(/[),]|$/y)) throw this.#error('a value is missing here.')
      values.push(this.#value(/[^\s(),"]+/y))
      this.#scanner.skipBlanks()
    } while (this.#scanner.take(/,|OR(?=\s)/y) !== null)
    if (this.#scanner.done) throw syntaxError(opened, 'this "(" is not closed: add ")".')
    if (this.#scanner.take(/\)/y) !== null) return values
    throw this.#error('write OR or a comma between the values in the brackets.')
  }

  #range(name: string, at: number): SyntaxNode | null {
    const opened = this.#scanner.at
    const opening = this.#scanner.take(/[[{]/y)
    if (opening === null) return null
    const [from, to] = [this.#rangeEnd(opened), this.#rangeEnd(opened, /TO\s+/y)]
    const closing = this.#scanner.take(/[\]}]/y)
    if (closing === null) throw badRange(opened)
    return { kind: 'range', name, at, from, to, fromIncluded: opening === '[', toIncluded: closing === ']' }
  }

  #rangeEnd(opened: number, before?: RegExp): TypedValue {
    if (before !== undefined && this.#scanner.take(before) === null) throw badRange(opened)
    this.#scanner.skipBlanks()
    if (this.#scanner.looksAt(/[\s()\]}]|$/y)) throw badRange(opened)
    const value = this.#value(/[^\s()"\]}]+/y)
    this.#scanner.skipBlanks()
    return value
  }

  /** One value: in quotes, or `bare` up to where its surroundings end it. */
  #value(bare: RegExp): TypedValue {
    const { at } = this.#scanner
    if (++this.#terms > maxTerms) throw syntaxError(at, `more than ${maxTerms} terms: split the search.`)
    if (this.#scanner.looksAt(/"/y)) return { text: this.#quoted(), quoted: true, at }
    if (this.#scanner.looksAt(regularExpression)) {
      const advice = 'use * and ? (user:al*), or put the value in quotes if these slashes belong to it.'
      throw syntaxError(at, `regular expressions are not searched: ${advice}`)
    }
    const text = this.#scanner.take(bare) ?? ''
    if (this.#scanner.looksAt(/["(]/y))
      throw this.#error('put a value that holds quotes or brackets in quotes as a whole.')
    return { text, quoted: false, at }
  }

  /** In quotes `\"` is a quote and `\\` a backslash; any other backslash is one. */
  #quoted(): string {
    const { at } = this.#scanner
    const text = this.#scanner.take(quotedText)
    if (text === null) throw syntaxError(at, 'this quote is not closed: add " at the end of the text.')
    if (!this.#scanner.looksAt(/[\s),\]}]|$/y)) throw this.#error('a blank is missing after the closing quote.')
    return text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1')
  }

  #error(problem: string, shift = 0): Error {
    return syntaxError(this.#scanner.at + shift, problem)
  }
}

const badRange = (at: number) => syntaxError(at, 'a range is written [10 TO 20], or {10 TO 20} without its ends.')

function joined(kind: 'and' | 'or', nodes: SyntaxNode[]): SyntaxNode {
  const [only] = nodes
  return only !== undefined && nodes.length === 1 ? only : { kind, nodes }
}
