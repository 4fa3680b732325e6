/** Shorter ids are no credentials, and replacing them would blot out ordinary words. */
const shortestSecret = 8

/**
 * A copy of a JSON value in which the live session id is replaced by `shown` wherever it occurs, names included: an
 * application may keep it under any name; the value itself where it occurs nowhere, as in most. The value's depth must be
 * bounded (cleanMetadata).
 */
export function concealId<T>(value: T, liveId: string, shown: string): T {
  if (liveId.length < shortestSecret || liveId === shown) return value
  return isHeldIn(value) ? (conceal(value) as T) : value

  function isHeldIn(inner: unknown): boolean {
    if (typeof inner === 'string') return inner.includes(liveId)
    if (typeof inner !== 'object' || inner === null) return false
    for (const name in inner) {
      if (name.includes(liveId) || isHeldIn((inner as Record<string, unknown>)[name])) return true
    }
    return false
  }

  function conceal(inner: unknown): unknown {
    if (typeof inner === 'string') return inner.includes(liveId) ? inner.replaceAll(liveId, shown) : inner
    if (typeof inner !== 'object' || inner === null || inner instanceof Date) return inner
    if (Array.isArray(inner)) return inner.map(conceal)
    return Object.fromEntries(Object.entries(inner).map(([name, item]) => [conceal(name), conceal(item)]))
  }
}
