import { parseAddress } from '../../addresses.ts'
import { parseTime } from '../../clean.ts'
import { flagOf, textOf, typeName } from '../../json-values.ts'
import { earliestMs } from '../../session-start.ts'
import type { ReadFacts, SessionValue } from './types.ts'

/** Puts one field of a value where it belongs, or says what is wrong with it. `value` is never null. */
export type FieldReader = (session: SessionValue, value: unknown, name: string, facts: ReadFacts) => void

export const blankSession = (): SessionValue => ({
  liveId: null,
  userId: null,
  isActive: true,
  forceLogout: false,
  ipAddress: null,
  userAgent: null,
  country: null,
  lastActive: null,
  expiresAt: null,
  apiCallCount: 0,
  extra: [],
  notes: [],
})

/** Keeps a value that its column cannot take, and says so. */
function keepWrong(session: SessionValue, value: unknown, name: string, what: string): void {
  // A profile may have made a date of a number already.
  session.extra.push([name, value instanceof Date ? value.getTime() : value])
  session.notes.push(`${name}: ${what}, kept in metadata`)
}

/** For columns that stay null when the text is empty: a hash has no other way to say "none". */
export const text =
  (column: 'liveId' | 'userId' | 'userAgent' | 'country'): FieldReader =>
  (session, value, name) => {
    const sent = typeof value === 'boolean' ? null : textOf(value)
    if (sent === null) keepWrong(session, value, name, `${typeName(value)} where a text was expected`)
    else if (sent !== '') session[column] = sent
  }

export const address: FieldReader = (session, value, name) => {
  if (value === '') return
  session.ipAddress = typeof value === 'string' ? parseAddress(value) : null
  if (session.ipAddress === null) keepWrong(session, value, name, 'not an address')
}

export const flag =
  (column: 'isActive' | 'forceLogout'): FieldReader =>
  (session, value, name) => {
    if (value === '') return
    const sent = flagOf(value)
    if (sent === null) keepWrong(session, value, name, 'neither true nor false')
    else session[column] = sent
  }

export const callCount: FieldReader = (session, value, name) => {
  if (value === '') return
  const count = typeof value === 'string' ? Number(value) : value
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) session.apiCallCount = count
  else keepWrong(session, value, name, 'not a count')
}

const dayMs = 86_400_000

/** `aheadMs`: how far beyond Redis's clock a time is believed. Another one would sort before all others for years. */
const time =
  (column: 'lastActive' | 'expiresAt', aheadMs: number, tooLate: string): FieldReader =>
  (session, value, name, facts) => {
    if (value === '') return
    const sent = parseTime(value)
    if (sent === null) keepWrong(session, value, name, 'not a time')
    else if (sent.getTime() < earliestMs) keepWrong(session, value, name, 'a time before there were sessions in Redis')
    else if (sent.getTime() > facts.nowMs + aheadMs) keepWrong(session, value, name, tooLate)
    else session[column] = sent
  }

/** A day: clocks of application servers may be in another zone by mistake. */
export const lastActive = time('lastActive', dayMs, 'a time in the future')
export const expiresAt = time('expiresAt', 10 * 365 * dayMs, 'a time more than ten years ahead')
