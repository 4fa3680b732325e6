/**
 * Makes resources/geography/countries.json: for each country its centre and how far it spreads around it, from the
 * countries of Natural Earth 1:10m (public domain), which the package world-atlas brings. `--check` compares only.
 *
 * A country is what has a code of its own in ISO 3166: where Natural Earth draws a territory as a part of the country it
 * belongs to, its land is given to the territory, so that no centre of France lies on the way to Guiana.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { geoArea, geoCentroid, geoDistance } from 'd3-geo'
import countries from 'i18n-iso-countries'
import { feature } from 'topojson-client'

const target = path.join(import.meta.dirname, '..', '..', 'resources', 'geography', 'countries.json')
/** R1 of the IUGG, as src/main/engine/watch/enrich/distance.ts has it. */
const earthRadiusKm = 6371.0088

/** Land that Natural Earth draws without a code: whose it counts as. What is in no country is left out. */
const uncoded = new Map([
  ['Baikonur', 'KZ'],
  ['Indian Ocean Ter.', 'AU'],
  ['Kosovo', 'XK'],
  ['N. Cyprus', 'CY'],
  ['Somaliland', 'SO'],
])

/** Territories drawn as parts of a country: west, south, east, north (degrees) around the centres of their land. */
const territories = [
  { code: 'GF', of: 'FR', box: [-55, 2, -51, 6] },
  { code: 'GP', of: 'FR', box: [-62, 15.8, -61, 16.6] },
  { code: 'MQ', of: 'FR', box: [-61.3, 14.3, -60.7, 15] },
  { code: 'RE', of: 'FR', box: [55, -21.5, 56, -20.8] },
  { code: 'YT', of: 'FR', box: [44.9, -13.1, 45.4, -12.5] },
  { code: 'SJ', of: 'NO', box: [10, 74, 35, 81] },
  { code: 'SJ', of: 'NO', box: [-10, 70, -7, 72] },
  { code: 'BQ', of: 'NL', box: [-69, 11.9, -68, 12.5] },
  { code: 'BQ', of: 'NL', box: [-63.5, 17.3, -62.8, 17.8] },
  { code: 'CX', of: 'AU', box: [105, -11, 106, -10] },
  { code: 'CC', of: 'AU', box: [96, -13, 97, -11] },
  { code: 'TK', of: 'NZ', box: [-173, -10, -171, -8] },
]

/** @typedef {import('geojson').Position[][]} Rings the rings of one polygon */
/** @type {Map<string, Rings[]>} */
const land = new Map()
for (const { id, properties, geometry } of drawn()) {
  const code = uncoded.get(properties.name) ?? countries.numericToAlpha2(String(id ?? ''))
  if (code === undefined) continue
  const polygons = geometry.type === 'MultiPolygon' ? geometry.coordinates : [geometry.coordinates]
  for (const rings of polygons) {
    const owner = territoryAt(code, geoCentroid({ type: 'Polygon', coordinates: rings })) ?? code
    land.set(owner, [...(land.get(owner) ?? []), rings])
  }
}

const rows = [...land]
  .map(([code, polygons]) => [code, centreOf(polygons)])
  .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
  .map(([code, centre]) => `  "${code}": ${centre}`)
const text = `{\n${rows.join(',\n')}\n}\n`

if (!process.argv.includes('--check')) {
  writeFileSync(target, text)
} else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write(`${target} is not what this script makes: run it without --check\n`)
  process.exitCode = 1
}

/** The countries as Natural Earth draws them. */
function drawn() {
  const atlas = createRequire(import.meta.url).resolve('world-atlas/countries-10m.json')
  /** @type {import('topojson-specification').Topology<{ countries: import('topojson-specification').GeometryCollection<{ name: string }> }>} */
  const topology = JSON.parse(readFileSync(atlas, 'utf8'))
  return feature(topology, topology.objects.countries).features.flatMap(({ id, properties, geometry }) =>
    geometry.type === 'Polygon' || geometry.type === 'MultiPolygon' ? [{ id, properties, geometry }] : [],
  )
}

/** @param {string} country @param {[number, number]} centre */
function territoryAt(country, [longitude, latitude]) {
  return territories.find(({ of, box: [west = 0, south = 0, east = 0, north = 0] }) => {
    return of === country && longitude >= west && longitude <= east && latitude >= south && latitude <= north
  })?.code
}

/**
 * The centre, and the radius of a disc whose points are as far from it, in the mean square, as those of the country, each
 * piece of land taken for a disc of its area: for one piece the radius of that disc, for islands how far apart they lie.
 * (Mean square distance from the centre of a disc: r²/2; from another point d² more, by the parallel axis theorem.)
 *
 * @param {Rings[]} polygons
 */
function centreOf(polygons) {
  const [longitude, latitude] = geoCentroid({ type: 'MultiPolygon', coordinates: polygons })
  let [weights, squares] = [0, 0]
  for (const coordinates of polygons) {
    const piece = /** @type {const} */ ({ type: 'Polygon', coordinates })
    const area = geoArea(piece)
    weights += area
    squares += area * (area / Math.PI / 2 + geoDistance([longitude, latitude], geoCentroid(piece)) ** 2)
  }
  // The Vatican is too small for a shape on this map.
  const radiusKm = weights === 0 ? 1 : Math.ceil(earthRadiusKm * Math.sqrt((2 * squares) / weights))
  const [north, east] = [Number(latitude.toFixed(2)), Number(longitude.toFixed(2))]
  return `{ "latitude": ${north}, "longitude": ${east}, "radiusKm": ${radiusKm} }`
}
