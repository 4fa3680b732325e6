import { RuleError } from './rule-error.ts'
import type { RuleDocument } from './yaml-file.ts'

/** Why a file was refused. The message names the file, the line (from 1), the field and the reason. */
export class RefusedFile extends Error {
  readonly file: string
  readonly line: number
  /** Empty: the line as it stands. */
  readonly field: string
  readonly reason: string

  constructor(file: string, line: number, field: string, reason: string) {
    super(`${file}:${line}: ${field === '' ? '' : `${field}: `}${reason}`)
    this.name = 'RefusedFile'
    this.file = file
    this.line = line
    this.field = field
    this.reason = reason
  }
}

/** Runs `work`, and says of an error in the document where in the file it is. */
export function inPlace<T>(file: string, document: RuleDocument, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    throw new RefusedFile(file, document.lineOf(error.path), fieldName(error.path), error.message)
  }
}

const fieldName = (path: RuleError['path']): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`)).join('')
