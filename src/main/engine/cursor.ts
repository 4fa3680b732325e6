import { GatehouseError } from '../../shared/errors.ts'

/** Where a page of a list ended: the last row's time and id. The same in both stores, so that a page may follow on the other's. */
export interface Position {
  readonly timeMs: number
  readonly id: string
}

/** Not JSON: the escapes of a hostile id would outgrow the contract's bound. */
export const formatCursor = ({ timeMs, id }: Position) => `${timeMs}:${id}`

/** @throws GatehouseError INVALID_INPUT for anything that formatCursor does not write */
export function parseCursor(cursor: string | null): Position | null {
  if (cursor === null) return null
  const [, timeMs, id] = /^(-?\d{1,15}):([^\0]{1,1024})$/s.exec(cursor) ?? []
  if (timeMs === undefined || id === undefined || !id.isWellFormed()) {
    throw new GatehouseError('INVALID_INPUT', 'The cursor is none that a search gave: start again without one.')
  }
  return { timeMs: Number(timeMs), id }
}
