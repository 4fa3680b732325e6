/** Keys and list positions from the top of a document to the place that is meant. */
export type FieldPath = readonly (string | number)[]

/** What a rule asks for and cannot get. `message` says what to do; the loader adds the file and the line. */
export class RuleError extends Error {
  readonly path: FieldPath

  constructor(path: FieldPath, message: string) {
    super(message)
    this.name = 'RuleError'
    this.path = path
  }
}
