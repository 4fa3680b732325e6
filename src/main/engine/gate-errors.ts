import { ORPCError } from '@orpc/server'
import { z } from 'zod'
import { errorCodes, GatehouseError, type ErrorCode, type ErrorDetails } from '../../shared/errors.ts'
import type { Logger } from '../log.ts'

const Issues = z.object({
  issues: z.array(z.object({ message: z.string(), path: z.array(z.unknown()).optional() })).min(1),
})

/** An error of the closed set as it crosses the boundary. */
export function coded(code: ErrorCode, message: string, data: ErrorDetails = {}): ORPCError<ErrorCode, ErrorDetails> {
  return new ORPCError(code, { status: errorCodes[code].status, message, data })
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code)

/**
 * Turns whatever a call threw into an error of the closed set. What nobody foresaw keeps its message, stack and paths
 * in the log, under `path`, and crosses as INTERNAL without any of them.
 */
export function toCodedError(thrown: unknown, path: readonly string[], log: Logger): ORPCError<string, unknown> {
  if (thrown instanceof GatehouseError) return coded(thrown.code, thrown.message, thrown.details)
  if (thrown instanceof ORPCError) {
    if (isCode(thrown.code)) return thrown
    const refused = Issues.safeParse(thrown.data)
    if (thrown.code === 'BAD_REQUEST' && refused.success) return coded('INVALID_INPUT', wordIssues(refused.data.issues))
  }
  log.error({ err: thrown, call: path.join('.') }, 'a call failed for a reason that it does not know')
  return coded('INTERNAL', `${path.join('.')} failed inside the engine. The engine's log says why.`)
}

/** The first few are enough to correct a call; a hostile payload could have a million. */
function wordIssues(issues: { message: string; path?: unknown[] | undefined }[]): string {
  const words = issues.slice(0, 5).map(({ message, path }) => `${path?.map(String).join('.') || 'input'}: ${message}`)
  return issues.length > 5 ? `${words.join('; ')}; and ${issues.length - 5} more` : words.join('; ')
}
