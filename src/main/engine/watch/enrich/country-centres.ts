import { readFileSync } from 'node:fs'
import { resourcePath } from '../../../resources.ts'
import type { Place } from './distance.ts'

let centres: ReadonlyMap<string, Place> | null = null

/**
 * Where a country lies, by its code (ISO 3166-1 alpha-2), or null where it is not known: its centre, and a radius within
 * which most of its land is. scripts/resources/country-centres.mjs says how both are made.
 */
export function countryCentre(code: string): Place | null {
  centres ??= new Map(
    Object.entries(
      JSON.parse(readFileSync(resourcePath('geography', 'countries.json'), 'utf8')) as Record<string, Place>,
    ),
  )
  return centres.get(code) ?? null
}
