export const dayMs = 86_400_000

/** Number of the UTC day since 1970. */
export const dayOf = (at: Date): number => Math.floor(at.getTime() / dayMs)

/** First instant of a day. */
export const startOfDay = (day: number): Date => new Date(day * dayMs)

/** As the names of partitions have it: 20261120. */
export const compactDay = (day: number): string => startOfDay(day).toISOString().slice(0, 10).replaceAll('-', '')
