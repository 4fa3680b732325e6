/** `npm run screenshots`: pictures of every page on the sample workspace, for docs/, after three minutes of traffic. */
import './bootstrap.mjs'
import { fromRoot, projectNode } from './lib/project.mjs'
import { become } from './lib/run.mjs'

process.env.GATEHOUSE_SCREENSHOTS = fromRoot('docs', 'screenshots')
process.env.GATEHOUSE_SCREENSHOTS_AFTER_MS = '180000'
become(projectNode, [fromRoot('node_modules/@playwright/test/cli.js'), 'test', '--project=web', 'sample'])
