import { z } from 'zod'

/** Where rows came from. Cached rows say how old the newest of them is. */
export const Origin = z.object({ store: z.enum(['postgres', 'cache']), asOf: z.date().nullable() })
export type Origin = z.infer<typeof Origin>

/** A time that a caller gives: ISO 8601 where the way to the engine has no times, as JSON has none. */
export const TimeInput = z.coerce.date<Date | string>()

/** The longest query text that is read. */
export const maxQueryLength = 2000

/** A search: the query language's text, a page size, and where the page before ended. */
export const SearchInput = z.object({
  query: z.string().max(maxQueryLength).default(''),
  limit: z.number().int().min(1).max(1000).default(200),
  cursor: z.string().max(1100).nullable().default(null),
})
export type SearchInput = z.infer<typeof SearchInput>
