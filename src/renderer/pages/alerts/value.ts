import { formatNumber } from '../../text/format.ts'

/** A number of a rule. A speed for which there was no time comes as the highest whole number: it is endless. */
export const formatValue = (value: number): string => (value >= Number.MAX_SAFE_INTEGER ? '∞' : formatNumber(value))
