/** Bounds that the value of a window must keep, all of them: Sigma's condition of a correlation. */
export interface Bounds {
  gt?: number | undefined
  gte?: number | undefined
  lt?: number | undefined
  lte?: number | undefined
  eq?: number | undefined
  neq?: number | undefined
}

/** NaN, the value of a window in which there is nothing to measure, keeps none. */
export const keeps = (bounds: Bounds, value: number): boolean =>
  !Number.isNaN(value) &&
  (bounds.gt === undefined || value > bounds.gt) &&
  (bounds.gte === undefined || value >= bounds.gte) &&
  (bounds.lt === undefined || value < bounds.lt) &&
  (bounds.lte === undefined || value <= bounds.lte) &&
  (bounds.eq === undefined || value === bounds.eq) &&
  (bounds.neq === undefined || value !== bounds.neq)

/** The number that an alert shows beside its value: the bound from below where there is one. */
export const thresholdOf = ({ gt, gte, eq, lt, lte, neq }: Bounds): number => gt ?? gte ?? eq ?? lt ?? lte ?? neq ?? 0
