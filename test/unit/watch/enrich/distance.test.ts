import { describe, expect, it } from 'vitest'
import { earthRadiusKm, greatCircleKm, leastDistanceKm } from '../../../../src/main/engine/watch/enrich/distance.ts'

const at = (latitude: number, longitude: number, radiusKm = 0) => ({ latitude, longitude, radiusKm })
const quarter = (Math.PI / 2) * earthRadiusKm
/** The sphere against the WGS 84 ellipsoid. */
const tolerance = 0.006

describe('the distance of two places', () => {
  // Geodesics of WGS 84 (Vincenty, inverse) between the airports' reference points.
  it.each([
    ['Frankfurt and Moscow Sheremetyevo', at(50.0333, 8.5706), at(55.9728, 37.4147), 2_028],
    ['London Heathrow and New York JFK', at(51.4775, -0.4614), at(40.6397, -73.7789), 5_554],
    ['Sydney and Santiago, over the date line', at(-33.9461, 151.1772), at(-33.3928, -70.7856), 11_363],
    ['Quito and Singapore, almost antipodes', at(-0.1292, -78.3575), at(1.3592, 103.9894), 19_734],
  ])('is that of %s', (_name, a, b, km) => {
    expect(Math.abs(greatCircleKm(a, b) - km) / km).toBeLessThan(tolerance)
    expect(greatCircleKm(b, a)).toBeCloseTo(greatCircleKm(a, b), 9)
  })

  it('is half the circumference between antipodes', () => {
    expect(greatCircleKm(at(90, 0), at(-90, 123))).toBeCloseTo(2 * quarter, 6)
    expect(greatCircleKm(at(12.5, 40), at(-12.5, -140))).toBeCloseTo(2 * quarter, 6)
  })

  it('does not depend on the longitude given for a pole', () => {
    expect(greatCircleKm(at(90, 17), at(90, -160))).toBeCloseTo(0, 6)
    expect(greatCircleKm(at(90, 17), at(0, -160))).toBeCloseTo(quarter, 6)
  })

  it('goes over the date line and not around the world', () => {
    expect(greatCircleKm(at(0, 179.5), at(0, -179.5))).toBeCloseTo(quarter / 90, 6)
    expect(greatCircleKm(at(10, 180), at(10, -180))).toBeCloseTo(0, 6)
  })

  it('keeps a metre between neighbours', () => {
    expect(greatCircleKm(at(52.52, 13.405), at(52.52 + 1 / 111_195, 13.405))).toBeCloseTo(0.001, 5)
  })
})

describe('the least distance', () => {
  it('leaves out both radii', () => {
    const [berlin, moscow] = [at(52.52, 13.405, 20), at(55.7558, 37.6173, 100)]
    expect(leastDistanceKm(berlin, moscow)).toBeCloseTo(greatCircleKm(berlin, moscow) - 120, 9)
  })

  it('is none where the places overlap', () => {
    expect(leastDistanceKm(at(48, 2, 400), at(51, 10, 400))).toBe(0)
  })
})
