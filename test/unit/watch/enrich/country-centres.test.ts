import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { countryCentre } from '../../../../src/main/engine/watch/enrich/country-centres.ts'
import { leastDistanceKm, type Place } from '../../../../src/main/engine/watch/enrich/distance.ts'

const centre = (code: string): Place => countryCentre(code) ?? expect.fail(`no centre of ${code}`)

it('is what the script makes of the map', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/resources/country-centres.mjs', '--check'], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
})

it('sets countries apart that lie apart, and no neighbours', () => {
  expect(leastDistanceKm(centre('DE'), centre('RU'))).toBeGreaterThan(1_500)
  expect(leastDistanceKm(centre('DE'), centre('FR'))).toBeLessThan(100)
  expect(leastDistanceKm(centre('US'), centre('CA'))).toBe(0)
  expect(leastDistanceKm(centre('GB'), centre('AU'))).toBeGreaterThan(12_000)
})

it('has the territories where they are, and not their countries between', () => {
  expect(centre('GF').longitude).toBeCloseTo(-53, 0)
  expect(centre('FR').longitude).toBeGreaterThan(2)
  expect(centre('SJ').latitude).toBeGreaterThan(77)
  expect(centre('NL').radiusKm).toBeLessThan(150)
})

it('counts how far islands lie apart as well as how large they are', () => {
  // Kiribati: 811 km² of land, over 4,000 km of sea.
  expect(centre('KI').radiusKm).toBeGreaterThan(1_500)
})

it('has the smallest', () => expect(centre('VA').radiusKm).toBe(1))

it('knows no country that is none', () => {
  expect(countryCentre('ZZ')).toBeNull()
  expect(countryCentre('__proto__')).toBeNull()
})
