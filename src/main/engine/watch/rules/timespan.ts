import { RuleError, type FieldPath } from './rule-error.ts'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Milliseconds of a Sigma timespan: a whole number and `s`, `m`, `h` or `d`. */
export function parseTimespan(text: string, path: FieldPath): number {
  const match = /^([1-9]\d{0,5})([smhd])$/.exec(text)
  if (match === null) {
    throw new RuleError(path, `"${text}" is no timespan: write a whole number and s, m, h or d, for example 60s`)
  }
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
}
