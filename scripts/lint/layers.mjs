/**
 * Who may import whom, as data: the one table that the lint rule (boundaries.mjs) reads and that docs/architecture.md
 * explains. The first layer whose `files` match a file rules it. A layer may always import its own folder.
 *
 * @typedef {string | RegExp} Place a folder of the repository (ends in "/"), one file, or a pattern over paths
 * @typedef {object} Layer
 * @property {string} name how messages call the layer
 * @property {RegExp} files matched from the start of a path; what it matches is the layer's own folder
 * @property {Place[]} [modules] files of this repository it may import
 * @property {Place[]} [moduleTypes] files of which it may import types alone
 * @property {string[]} [packages] npm packages: a name, or "@scope/*"
 * @property {string[]} [packageTypes] npm packages of which it may import types alone
 * @property {boolean} [shipped] may import whatever package.json lists under "dependencies"
 * @property {boolean} [node] may import Node's own modules
 * @property {[imports: string[], instead: string][]} [advice] what to do instead of one particular import
 * @property {string} instead what to do instead of any other
 */

const helpersOfMain = /^src\/main\/(?!(?:index|headless|cli)\.ts$)[^/]+\.ts$/
const helpersOfEngine =
  /^src\/main\/engine\/(?!(?:engine|assembly|parts|observation|live-status|worker|spawn|cache-worker|backtest[\w-]*)\.ts$)[^/]+\.ts$/
const stores = ['src/main/engine/redis/', 'src/main/engine/postgres/', 'src/main/engine/sqlite/']
const screenLibraries = ['react', 'react-dom', '@mantine/*', '@tanstack/*', '@orpc/tanstack-query', 'uplot']

/** @type {[string[], string]} */
const electronIsDesktops = [
  ['electron'],
  'only src/main/desktop knows Electron. Ask the host: let src/main/desktop do it and pass the result over its port',
]
/** @type {[string[], string]} */
const screenIsRenderers = [
  screenLibraries,
  'only src/renderer draws. Return data through the contract (src/shared/contract) and let a page show it',
]
/** @type {[string[], string]} */
const engineBehindSpawn = [
  ['src/main/engine/'],
  'a host knows the engine as a port. Start it with src/main/engine/spawn.ts and call it through the contract',
]
/** @type {[string[], string]} */
const hostsAreApart = [
  ['src/main/desktop/', 'src/main/web/'],
  'the two hosts know nothing of each other. Move what both need to src/shared, or to the engine behind the contract',
]
/** @type {[string[], string]} */
const noHostInEngine = [
  ['src/main/desktop/', 'src/main/web/', 'src/main/sample/'],
  'the engine serves any host. Take what it gives as configuration, or offer a procedure in the contract for it to call',
]

/** What every part of the engine has in common. */
const engine = {
  shipped: true,
  node: true,
  advice: [electronIsDesktops, screenIsRenderers, noHostInEngine],
}

/** @type {Layer[]} */
export const layers = [
  {
    name: 'shared',
    files: /^src\/shared\//,
    packages: ['zod', '@orpc/contract'],
    packageTypes: ['@orpc/client'],
    instead:
      'shared code runs in every process and in the browser. Keep schemas and pure functions here, and do this where its caller is (src/main or src/renderer)',
  },
  {
    name: 'preload',
    files: /^src\/preload\//,
    modules: ['src/shared/desktop-bridge.ts'],
    moduleTypes: ['src/shared/'],
    packages: ['electron'],
    instead:
      'the preload script runs sandboxed and only hands over a port. Do this in src/main/desktop or in src/renderer/api/port.ts',
  },
  {
    name: 'renderer',
    files: /^src\/renderer\//,
    modules: ['src/shared/'],
    packages: [...screenLibraries, '@orpc/client', '@fontsource-variable/*'],
    packageTypes: ['@orpc/contract'],
    advice: [
      [['electron'], 'the screen knows no host. Reach it through src/renderer/api/port.ts'],
      [
        ['src/main/'],
        'the screen knows the contract alone. Call a procedure of src/shared/contract through src/renderer/api',
      ],
    ],
    instead: 'the screen is a web page. Call a procedure of src/shared/contract and let the engine or the host do it',
  },
  {
    name: 'instrument',
    files: /^src\/instrument\//,
    modules: ['src/shared/'],
    packageTypes: ['ioredis'],
    node: true,
    advice: [
      [
        ['ioredis'],
        'the watched application brings its own Redis client. Write "import type" and take the client as an argument',
      ],
      [['src/main/'], 'the library runs inside the watched application. Move what both need to src/shared'],
    ],
    instead: 'the library adds no package to the watched application. Take what it needs as an argument',
  },
  {
    name: 'desktop',
    files: /^src\/main\/desktop\//,
    modules: ['src/shared/', 'src/main/engine/spawn.ts', helpersOfMain],
    packages: ['electron'],
    shipped: true,
    node: true,
    advice: [screenIsRenderers, hostsAreApart, engineBehindSpawn],
    instead: 'a host only carries bytes. Put logic behind the contract, in the engine',
  },
  {
    name: 'web',
    files: /^src\/main\/web\//,
    modules: ['src/shared/', 'src/main/engine/spawn.ts', helpersOfMain],
    shipped: true,
    node: true,
    advice: [electronIsDesktops, screenIsRenderers, hostsAreApart, engineBehindSpawn],
    instead: 'a host only carries bytes. Put logic behind the contract, in the engine',
  },
  {
    name: 'sample',
    files: /^src\/main\/sample\//,
    modules: ['src/shared/', 'src/instrument/', helpersOfMain],
    shipped: true,
    node: true,
    advice: [electronIsDesktops, screenIsRenderers],
    instead:
      'the sample workspace plays the watched application, from outside. Give it what it needs as worker data, or take it from src/instrument',
  },
  {
    name: 'index.ts',
    files: /^src\/main\/index\.ts$/,
    modules: ['src/shared/', 'src/main/desktop/', 'src/main/sample/', helpersOfMain],
    node: true,
    advice: [electronIsDesktops, engineBehindSpawn],
    instead: 'the entry of the desktop program only wires. Do this in src/main/desktop',
  },
  {
    name: 'headless.ts and cli.ts',
    files: /^src\/main\/(headless\.ts$|cli\.ts$|cli\/)/,
    modules: [
      'src/shared/',
      'src/main/cli/',
      'src/main/headless.ts',
      'src/main/web/',
      'src/main/engine/',
      'src/main/sample/',
      helpersOfMain,
    ],
    shipped: true,
    node: true,
    advice: [electronIsDesktops, screenIsRenderers],
    instead: 'these entries run in plain Node and only wire. Do this in src/main/web or in the engine',
  },
  {
    ...engine,
    name: 'the wiring of the engine',
    files:
      /^src\/main\/engine\/(engine|assembly|parts|observation|live-status|worker|spawn|cache-worker|backtest[\w-]*)\.ts$/,
    modules: ['src/shared/', 'src/main/engine/', helpersOfMain],
    instead: 'the engine uses src/shared and its drivers alone. Add a driver to "dependencies" in package.json',
  },
  {
    ...engine,
    name: 'a store of the engine',
    files: /^src\/main\/engine\/(redis|postgres|sqlite)\//,
    modules: ['src/shared/', ...stores, helpersOfEngine, helpersOfMain],
    advice: [
      ...engine.advice,
      [
        ['src/main/engine/'],
        'a store serves every domain and knows none. Let the domain call the store, with what it needs as arguments',
      ],
    ],
    instead: 'a store uses src/shared and its driver alone. Add a driver to "dependencies" in package.json',
  },
  {
    ...engine,
    name: 'a helper of the engine',
    files: helpersOfEngine,
    modules: ['src/shared/', ...stores, helpersOfEngine, helpersOfMain],
    advice: [
      ...engine.advice,
      [
        ['src/main/engine/'],
        'domains import this file, so it may import none of them. Wire them in src/main/engine/engine.ts',
      ],
    ],
    instead: 'the engine uses src/shared and its drivers alone. Add a driver to "dependencies" in package.json',
  },
  {
    ...engine,
    name: 'a domain of the engine',
    files: /^src\/main\/engine\/[^/]+\//,
    modules: ['src/shared/', ...stores, helpersOfEngine, helpersOfMain],
    advice: [
      ...engine.advice,
      [
        ['src/main/engine/engine.ts', 'src/main/engine/worker.ts', 'src/main/engine/spawn.ts'],
        'the wiring imports the domains, never the other way round. Take what is needed as an argument',
      ],
      [
        ['src/main/engine/'],
        'domains do not know each other. Wire the two in src/main/engine/engine.ts, send an event (src/main/engine/events.ts), or move what both need to src/shared',
      ],
    ],
    instead: 'the engine uses src/shared and its drivers alone. Add a driver to "dependencies" in package.json',
  },
  {
    name: 'a helper of src/main',
    files: helpersOfMain,
    modules: ['src/shared/', helpersOfMain],
    shipped: true,
    node: true,
    advice: [electronIsDesktops, screenIsRenderers],
    instead: 'hosts and engine both import this file, so it may import neither. Move this to the one that needs it',
  },
  {
    name: 'makers of resources',
    files: /^scripts\/resources\//,
    packages: ['d3-geo', 'i18n-iso-countries', 'topojson-client', 'world-atlas'],
    packageTypes: ['geojson', 'topojson-specification'],
    node: true,
    instead:
      'what makes a resource runs by hand, beside the program. Use the packages of its data, and the modules of Node',
  },
  {
    name: 'scripts',
    files: /^scripts\//,
    node: true,
    instead: 'scripts run before anything is installed. Use the modules of Node, or start the tool as a process',
  },
]
