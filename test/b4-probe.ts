import { openCatalogue } from './helpers/labelled/catalogue.ts'
import { benchDetection } from './bench/watch/detection.ts'
import { generateLabelled, fullSize, shortSize } from './helpers/labelled/generate.ts'
const size = process.argv[2] === 'full' ? fullSize : { ...shortSize, users: 2500, days: 9, attacksEach: 3 }
const catalogue = await openCatalogue()
const t = Date.now()
const labelled = generateLabelled({ ...size, seed: Number(process.argv[3] ?? 1) })
const t2 = Date.now()
const r = benchDetection(catalogue, labelled)
console.log(t2 - t, Date.now() - t2)
console.log(JSON.stringify(r, null, 1))
process.exit(0)
