import { isMap, isSeq, LineCounter, parseAllDocuments, visit, type Document, type Node, type YAMLMap } from 'yaml'
import type { FieldPath } from './rule-error.ts'

export interface RuleDocument {
  value: unknown
  /** Line in the file, from 1, of the field at `path`, or of the nearest field around it that exists. */
  lineOf(path: FieldPath): number
}

/** A file that is no YAML. */
export class YamlError extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.name = 'YamlError'
    this.line = line
  }
}

/**
 * The documents of a rule file, empty ones left out.
 * @throws YamlError at the first thing that is not plain YAML
 */
export function parseRuleFile(text: string): RuleDocument[] {
  const lines = new LineCounter()
  const lineAt = (offset: number) => lines.linePos(offset).line
  // Keys are checked below: the parser compares each with each, which takes seconds for a map of some thousands.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false }
  const documents = withoutOverflow(() => parseAllDocuments(text, options))
  for (const document of documents) {
    const fault = document.errors[0] ?? document.warnings[0]
    if (fault !== undefined) throw new YamlError(lineAt(fault.pos[0]), plainly(fault.message))
    withoutOverflow(() => visit(document, { Map: (_key, map) => checkKeys(map, (offset) => lineAt(offset)) }))
  }
  return documents
    .filter((document) => document.contents !== null)
    .map((document) => ({ value: valueOf(document, lineAt), lineOf: (path) => lineAt(offsetOf(document, path)) }))
}

const tooDeep = 'it is nested too deeply'

/** The parser, too, catches its overflow, and passes it on as a fault of the text. */
const plainly = (message: string): string => (/call stack/i.test(message) ? tooDeep : message)

/** What goes through a text calls itself for whatever lies in something else, as deep as the text says. */
function withoutOverflow<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof RangeError) throw new YamlError(1, tooDeep)
    throw error
  }
}

function checkKeys(map: YAMLMap, lineAt: (offset: number) => number): void {
  const names = new Set<string>()
  for (const { key } of map.items as { key: Node }[]) {
    const name = String(key)
    if (names.has(name))
      throw new YamlError(lineAt(key.range?.[0] ?? 0), `keys must be unique: "${name}" is there twice`)
    names.add(name)
  }
}

function valueOf(document: Document.Parsed, lineAt: (offset: number) => number): unknown {
  try {
    return withoutOverflow((): unknown => document.toJS())
  } catch (error) {
    if (error instanceof YamlError) throw error
    // Aliases that multiply without bound, or that refer to nothing.
    throw new YamlError(lineAt(document.range[0]), error instanceof Error ? error.message : String(error))
  }
}

function offsetOf(document: Document.Parsed, path: FieldPath): number {
  let offset = document.contents?.range?.[0] ?? document.range[0]
  let node: unknown = document.contents
  for (const step of path) {
    const next = childOf(node, step)
    if (next === null) break
    offset = next.offset
    node = next.value
  }
  return offset
}

/** A field is where its key stands, an item of a list where it begins. */
function childOf(node: unknown, step: string | number): { offset: number; value: unknown } | null {
  if (isMap<Node, Node>(node)) {
    const pair = node.items.find(({ key }) => String(key) === String(step))
    return pair?.key.range ? { offset: pair.key.range[0], value: pair.value } : null
  }
  if (isSeq<Node>(node)) {
    const item = node.items[Number(step)]
    return item?.range ? { offset: item.range[0], value: item } : null
  }
  return null
}
