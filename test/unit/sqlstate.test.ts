import { expect, test } from 'vitest'
import { classify } from '../../src/main/engine/postgres/sqlstate.ts'
import { GatehouseError } from '../../src/shared/errors.ts'

const failure = (code: string, facts: object = {}) => Object.assign(new Error('failed'), { code, ...facts })

test.each([
  ['40001', 'retry'],
  ['40P01', 'retry'],
  ['53300', 'retry'],
  ['57P01', 'retry'],
  ['57014', 'retry'],
  ['25006', 'retry'],
  ['22P02', 'data'],
  ['22021', 'data'],
  ['54000', 'data'],
  ['42501', 'permission'],
  ['28P01', 'permission'],
  ['3D000', 'permission'],
  ['42601', 'other'],
  ['25P02', 'other'],
  ['ECONNRESET', 'retry'],
  ['EPIPE', 'retry'],
  ['ENOSPC', 'other'],
])('%s is a matter of %s', (code, kind) => {
  expect(classify(failure(code))).toBe(kind)
})

test('a check that a row breaks is a matter of data, a partition that moved under it is not', () => {
  expect(classify(failure('23514', { constraint: 'audit_sessions_event_type' }))).toBe('data')
  expect(classify(failure('23514', { constraint: undefined }))).toBe('retry')
})

test('what pg and the engine say without a code', () => {
  expect(classify(new Error('Connection terminated unexpectedly'))).toBe('retry')
  expect(classify(new Error('timeout exceeded when trying to connect'))).toBe('retry')
  expect(classify(new GatehouseError('POSTGRES_UNAVAILABLE', 'away'))).toBe('retry')
  expect(classify(new GatehouseError('INVALID_INPUT', 'no'))).toBe('other')
  expect(classify('thrown text')).toBe('other')
})
