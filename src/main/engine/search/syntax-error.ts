import { GatehouseError } from '../../../shared/errors.ts'

/**
 * QUERY_SYNTAX for the character at `offset` (from 0). People count from 1: so does the message, and `position` in the
 * details. `problem` says what is wrong and what to write instead.
 */
export function syntaxError(offset: number, problem: string): GatehouseError {
  return new GatehouseError('QUERY_SYNTAX', `Character ${offset + 1}: ${problem}`, { position: offset + 1 })
}
