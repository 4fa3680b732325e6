/**
 * Imported first by every script: makes the project runnable, with the packages of package-lock.json and out/ built from
 * the sources. It runs on any Node from 18 on, before anything is installed, and does nothing when nothing has changed.
 * npm's "pre" scripts are not used, because they do not run for users who set ignore-scripts.
 */
import { build } from './lib/build.mjs'
import { install } from './lib/install.mjs'
import { giveUp } from './lib/project.mjs'

install()
if (!build()) giveUp('the build failed; why stands above.')
