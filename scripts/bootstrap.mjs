/**
 * Makes the project runnable: packages as in package-lock.json, and out/ built from the sources. It runs on any Node
 * from 18 on, before anything is installed, and does nothing when nothing has changed.
 */
import { build } from './lib/build.mjs'
import { install } from './lib/install.mjs'

install()
build()
