import { RuleError } from './rule-error.ts'
import type { RuleDocument } from './yaml-file.ts'

/** Why a file was refused. The message names the file, the line and the field. */
export class RefusedFile extends Error {
  readonly file: string

  constructor(file: string, line: number, field: string, message: string) {
    super(`${file}:${line}: ${field === '' ? '' : `${field}: `}${message}`)
    this.name = 'RefusedFile'
    this.file = file
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
