import type { CacheReader } from '../sqlite/cache-reader.ts'

export const asOfKey = 'offline.asOf'

/** When the cache last held all that the audit store had; null before the first time. Survives a restart. */
export function cachedAsOf(cache: Pick<CacheReader, 'meta'>): Date | null {
  const stored = cache.meta(asOfKey)
  return stored === null ? null : new Date(stored)
}
