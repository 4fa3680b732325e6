import { ORPCError } from '@orpc/client'
import { expect } from 'vitest'

/** What a call failed with, as plain facts; fails the test if it did not fail. */
export async function failureOf(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => expect.unreachable('the call should have failed'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof ORPCError)) throw error
  const { code, status, message, data, defined } = error
  return { code, status, message, data: data as unknown, defined }
}
