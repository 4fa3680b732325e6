import type { AlertPlace } from '../../../../shared/model/alert-place.ts'

/** Two places of one way. */
export interface Leg {
  readonly from: AlertPlace
  readonly to: AlertPlace
  readonly distanceKm: number
  /** What is left of it when both are as near to each other as they may be. */
  readonly leastKm: number
  readonly tookMs: number
  /** Of the least distance; null where no time lies between. */
  readonly kmh: number | null
}

/** Mean radius of the Earth, R1 of the IUGG (Moritz, Geodetic Reference System 1980). */
const earthRadiusKm = 6371.0088
const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Great-circle distance, by the haversine (R. W. Sinnott, Sky and Telescope 68, 1984): exact enough for a picture. */
function distanceKm(a: AlertPlace, b: AlertPlace): number {
  const [north, east] = [radians(b.latitude - a.latitude) / 2, radians(b.longitude - a.longitude) / 2]
  const chord =
    Math.sin(north) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(east) ** 2
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(chord)))
}

const hourMs = 3_600_000

/** The fastest of the ways between one place and the next; null where nobody went anywhere. */
export function fastestLeg(places: readonly AlertPlace[]): Leg | null {
  const legs = places.slice(1).flatMap((to, at) => {
    const from = places[at]
    return from === undefined ? [] : [legOf(from, to)]
  })
  const gone = legs.filter(({ distanceKm: km }) => km > 0)
  return gone.toSorted((a, b) => (b.kmh ?? Infinity) - (a.kmh ?? Infinity) || b.leastKm - a.leastKm)[0] ?? null
}

function legOf(from: AlertPlace, to: AlertPlace): Leg {
  const km = distanceKm(from, to)
  // Rounded down as the rule does it: both stay lower bounds.
  const leastKm = Math.floor(Math.max(0, km - from.radiusKm - to.radiusKm))
  const tookMs = to.at.getTime() - from.at.getTime()
  return {
    from,
    to,
    distanceKm: km,
    leastKm,
    tookMs,
    kmh: tookMs === 0 ? null : Math.floor(leastKm / (tookMs / hourMs)),
  }
}

const countries = new Intl.DisplayNames('en', { type: 'region' })

/** "Sydney, Australia"; the address where neither is known. */
export function placeName({ city, country, ipAddress }: AlertPlace): string {
  const names = [city, country === null ? null : (countries.of(country) ?? country)].filter((name) => name !== null)
  return names.length === 0 ? (ipAddress ?? 'somewhere') : names.join(', ')
}

/** Where the two places stand in a picture of `width`, in px: at the scale of the distance, radii with it. */
export function place(leg: Leg, width: number) {
  const { distanceKm: km, from, to } = leg
  const scale = width / (km + from.radiusKm + to.radiusKm)
  return {
    fromX: from.radiusKm * scale,
    toX: (from.radiusKm + km) * scale,
    fromPx: from.radiusKm * scale,
    toPx: to.radiusKm * scale,
  }
}
