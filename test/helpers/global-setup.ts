import { startSharedPostgres } from './postgres.ts'
import { releaseAll } from './teardown.ts'

/** vitest calls this once a run, before the first test file, and what it returns after the last. */
export async function setup(): Promise<() => Promise<void>> {
  await startSharedPostgres()
  return releaseAll
}
