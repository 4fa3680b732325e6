/** `npm run bench`: the benchmark on the project's own Node. Its JSON is all that stands on stdout. */
import './bootstrap.mjs'
import { ensureTools } from './lib/native-tools.mjs'
import { fromRoot, projectNode } from './lib/project.mjs'
import { become } from './lib/run.mjs'

ensureTools(['redis'])
become(projectNode, [fromRoot('test', 'bench', 'run.ts'), ...process.argv.slice(2)])
