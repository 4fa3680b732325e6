import { leastDistanceKm, type Place } from '../enrich/distance.ts'
import type { Entry } from '../entry.ts'
import type { Measure, Reading } from './measure.ts'
import { quantityAt } from './quantity.ts'

/** Where entries remember latitude, longitude (degrees) and radius (km). */
export type PlacePositions = readonly [number, number, number]

type PlaceOf = (entry: Entry) => Place | null
type Leg = (from: Entry, to: Entry) => number

const hourMs = 3_600_000

/** No speed is higher; unlike infinity, JSON and columns of whole numbers have it. */
export const noTimeKmh = Number.MAX_SAFE_INTEGER

function placeAt([latitudeAt, longitudeAt, radiusAt]: PlacePositions): PlaceOf {
  const [latitudeOf, longitudeOf, radiusOf] = [quantityAt(latitudeAt), quantityAt(longitudeAt), quantityAt(radiusAt)]
  return (entry) => {
    const latitude = latitudeOf(entry)
    const longitude = longitudeOf(entry)
    const radiusKm = radiusOf(entry)
    if (latitude === null || longitude === null || radiusKm === null || radiusKm < 0) return null
    return { latitude, longitude, radiusKm }
  }
}

/** The way to the newest entry from the located one before it; nothing where the newest itself has no place. */
class LastLeg implements Reading {
  readonly #placeOf: PlaceOf
  readonly #measure: Leg
  #newest: Entry | null = null
  #located: Entry | null = null
  #before: Entry | null = null

  constructor(placeOf: PlaceOf, measure: Leg) {
    this.#placeOf = placeOf
    this.#measure = measure
  }

  get value(): number {
    if (this.#before === null || this.#located === null || this.#newest !== this.#located) return 0
    return this.#measure(this.#before, this.#located)
  }

  add(entry: Entry): void {
    this.#newest = entry
    if (this.#placeOf(entry) === null) return
    this.#before = this.#located
    this.#located = entry
  }

  remove(entry: Entry): void {
    if (this.#before === entry) this.#before = null
    if (this.#located === entry) this.#located = null
  }
}

function legMeasure(name: string, placeOf: PlaceOf, measure: Leg): Measure {
  const lastLocated = (entries: readonly Entry[]) => entries.findLast((entry) => placeOf(entry) !== null)
  return {
    name,
    start: () => new LastLeg(placeOf, measure),
    // Most stay where they are.
    ceiling(entries) {
      if (entries.length < 2) return 0
      let first: Place | null = null
      for (const entry of entries) {
        const place = placeOf(entry)
        first ??= place
        if (place === null || first === null) continue
        if (place.latitude !== first.latitude || place.longitude !== first.longitude) return Number.POSITIVE_INFINITY
      }
      return 0
    },
    prune(settled) {
      const last = lastLocated(settled)
      return last === undefined ? [] : settled.length === 1 ? settled : [last]
    },
    evidence(window) {
      const last = window.at(-1)
      if (last === undefined || placeOf(last) === null) return []
      const before = lastLocated(window.slice(0, -1))
      return before === undefined ? [last] : [before, last]
    },
    lingers: true,
  }
}

/** Rounded down, so that both stay lower bounds, and say the same whatever the last bits of a cosine are. */
const leastKm = (placeOf: PlaceOf): Leg => {
  return (from, to) => {
    const [a, b] = [placeOf(from), placeOf(to)]
    return a === null || b === null ? 0 : Math.floor(leastDistanceKm(a, b))
  }
}

/** How far at least the newest entry is from the located one before it, in km: less the radii of both places. */
export function travelKm(positions: PlacePositions): Measure {
  const placeOf = placeAt(positions)
  return legMeasure('travel_km', placeOf, leastKm(placeOf))
}

/** The least speed of that way, in km/h. Where there is a distance and no time, no speed is higher. */
export function travel(positions: PlacePositions): Measure {
  const placeOf = placeAt(positions)
  const kmOf = leastKm(placeOf)
  return legMeasure('travel', placeOf, (from, to) => {
    const km = kmOf(from, to)
    if (km === 0) return 0
    const ms = to.atMs - from.atMs
    return ms === 0 ? noTimeKmh : Math.floor((km * hourMs) / ms)
  })
}
