/** The second half of `npm run build`: the package for applications, into out/package. */
import { buildLibrary } from './lib/library.mjs'

if (!buildLibrary()) process.exitCode = 1
