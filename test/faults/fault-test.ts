import { test } from 'vitest'
import { deadlineMs } from './scale.ts'

/** A test of one fault. `promise` says what holds in spite of it, and names it in the summary of `npm run faults`. */
export const faultTest = (promise: string, body: () => Promise<void>): void => test(promise, body, deadlineMs)
