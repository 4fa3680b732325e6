import { oc } from '@orpc/contract'
import { z } from 'zod'
import { errorCodes, type ErrorCode } from '../errors.ts'

const Details = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))

type ErrorMap = { [C in ErrorCode]: { status: number; data: typeof Details } }

/** Every call may fail with any code of the closed set; `data` holds its details. */
export const base = oc.errors(
  Object.fromEntries(
    Object.entries(errorCodes).map(([code, { status }]) => [code, { status, data: Details }]),
  ) as ErrorMap,
)

/** An acknowledgement without content. */
export const Done = z.object({ ok: z.literal(true) })

/** Why somebody acts, in words: it goes on record. */
export const ReasonText = z.string().trim().min(3).max(2000)
