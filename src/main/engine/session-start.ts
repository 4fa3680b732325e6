import { parseTime } from './clean.ts'

/** Redis is older than no session: what is dated earlier is an unset or a wrong clock, 1970 above all. */
export const earliestMs = Date.parse('2009-01-01T00:00:00Z')

/** When a session began: its own creation time where its value gives one that can be true, else when it was first seen. */
export function sessionStart({ firstSeen, metadata }: { firstSeen: Date; metadata: Record<string, unknown> }): Date {
  const created = parseTime(metadata['created_at'] ?? metadata['createdAt'])
  return created !== null && created <= firstSeen && created.getTime() >= earliestMs ? created : firstSeen
}
