import { Severity } from '../../../shared/model/alert.ts'

export type Threshold = Severity

/** True where a severity is the threshold or above it. */
export const atLeast = (severity: Severity, threshold: Threshold) =>
  Severity.options.indexOf(severity) >= Severity.options.indexOf(threshold)
