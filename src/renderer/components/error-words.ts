import { ORPCError } from '@orpc/client'
import { messageOf, type ErrorCode } from '../../shared/errors.ts'

/** An error in the reader's words: what happened, what was kept, what to try. */
export interface ErrorWords {
  readonly title: string
  readonly message: string
  readonly kept: string | null
  readonly next: string
}

interface Wording {
  readonly title: string
  readonly kept?: string
  readonly next: string
}

const wordings: Readonly<Record<ErrorCode, Wording>> = {
  INVALID_INPUT: { title: 'That input is not valid', next: 'Correct it and try again.' },
  QUERY_SYNTAX: {
    title: 'The search cannot be read',
    kept: 'Nothing was searched; your text is as you left it.',
    next: 'Correct it, or press ? for the query language.',
  },
  CONFIG_INVALID: {
    title: 'A setting is wrong',
    kept: 'The settings in use did not change.',
    next: 'Correct the setting that is named.',
  },
  REASON_REQUIRED: {
    title: 'A reason is needed',
    kept: 'Nothing was done.',
    next: 'Say in a few words why you do this: it goes on record.',
  },
  CONFIRMATION_MISMATCH: {
    title: 'The number does not match the plan',
    kept: 'Nothing was done.',
    next: 'Look at the plan again and type its number.',
  },
  NOT_LEADER: {
    title: 'Another engine leads',
    kept: 'Nothing was done twice: the engine that leads does it.',
    next: 'Nothing is to be done. Settings name the engine that leads.',
  },
  PLAN_EXPIRED: {
    title: 'The plan is too old',
    kept: 'Nothing was done.',
    next: 'Make a new plan: sessions may have come or gone meanwhile.',
  },
  FORBIDDEN: {
    title: 'This is not allowed here',
    kept: 'Nothing was done.',
    next: 'Open the workspace with a profile that may act.',
  },
  NOT_FOUND: { title: 'It is not there any more', next: 'It may have aged out. Search again.' },
  TOO_LARGE: { title: 'That is too large', next: 'Narrow it down and try again.' },
  RATE_LIMITED: { title: 'Too many requests', next: 'Wait a moment, then try again.' },
  REDIS_UNAVAILABLE: {
    title: 'Redis is not reachable',
    kept: 'Stored sessions and events stay readable.',
    next: 'The engine tries again by itself. Settings show the connection.',
  },
  POSTGRES_UNAVAILABLE: {
    title: 'PostgreSQL is not reachable',
    kept: 'The local cache stays readable; what waits in Redis is not lost.',
    next: 'The engine tries again by itself. Settings show the connection.',
  },
  CACHE_UNAVAILABLE: {
    title: 'The local cache cannot be opened',
    kept: 'PostgreSQL holds everything; only offline reading is missing.',
    next: 'Look whether the disk is full or the folder is write-protected.',
  },
  SECRET_STORE_UNAVAILABLE: {
    title: 'The keychain is not available',
    kept: 'Nothing was saved.',
    next: 'Unlock the keychain of this computer, or give the password by environment.',
  },
  ENGINE_UNAVAILABLE: {
    title: 'The engine does not answer',
    kept: 'What is on the screen stays, and may be old.',
    next: 'The connection is tried again by itself.',
  },
  INTERNAL: { title: 'Something went wrong inside', next: 'Try again. If it stays, look into the log of the engine.' },
}

const isCode = (code: string): code is ErrorCode => code in wordings

export const codeOf = (error: unknown): ErrorCode =>
  error instanceof ORPCError && typeof error.code === 'string' && isCode(error.code) ? error.code : 'INTERNAL'

/** The same input has the same outcome: only another input helps. */
const lasting: ReadonlySet<ErrorCode> = new Set(['INVALID_INPUT', 'QUERY_SYNTAX', 'CONFIG_INVALID', 'FORBIDDEN'])

export const canRetry = (error: unknown): boolean => !lasting.has(codeOf(error))

export function wordsFor(error: unknown): ErrorWords {
  const { title, kept = null, next } = wordings[codeOf(error)]
  return { title, message: messageOf(error), kept, next }
}
