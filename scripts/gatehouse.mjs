#!/usr/bin/env node
/** The gatehouse command in the repository. All that precedes it speaks on stderr: stdout is the command's own. */
import './bootstrap.mjs'
import { fromRoot, projectNode } from './lib/project.mjs'
import { become } from './lib/run.mjs'

become(projectNode, [fromRoot('out', 'main', 'cli.js'), ...process.argv.slice(2)])
