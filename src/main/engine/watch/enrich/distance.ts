/** Where something is, and how far from there it may be: within `radiusKm`. Degrees, north and east positive. */
export interface Place {
  latitude: number
  longitude: number
  radiusKm: number
}

/** Mean radius of the Earth, R1 of the IUGG (Moritz, Geodetic Reference System 1980). */
export const earthRadiusKm = 6371.0088

const radians = (degrees: number): number => (degrees * Math.PI) / 180

/**
 * Great-circle distance in km on a sphere, by the special case of Vincenty's formula for equal axes (T. Vincenty, Survey
 * Review XXIII 176, 1975). Unlike the haversine it is exact for antipodes as well as for neighbours. The sphere differs
 * from the ellipsoid by at most 0.6 %.
 */
export function greatCircleKm(
  a: Pick<Place, 'latitude' | 'longitude'>,
  b: Pick<Place, 'latitude' | 'longitude'>,
): number {
  const [from, to, east] = [radians(a.latitude), radians(b.latitude), radians(b.longitude - a.longitude)]
  const [sinFrom, cosFrom, sinTo, cosTo] = [Math.sin(from), Math.cos(from), Math.sin(to), Math.cos(to)]
  const across = Math.hypot(cosTo * Math.sin(east), cosFrom * sinTo - sinFrom * cosTo * Math.cos(east))
  const along = sinFrom * sinTo + cosFrom * cosTo * Math.cos(east)
  return earthRadiusKm * Math.atan2(across, along)
}

/** The least distance between something within one place and something within the other; 0 where they overlap. */
export const leastDistanceKm = (a: Place, b: Place): number =>
  Math.max(0, greatCircleKm(a, b) - a.radiusKm - b.radiusKm)
