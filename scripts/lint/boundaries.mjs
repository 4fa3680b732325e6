/**
 * An oxlint plugin with the two rules that keep the parts of the program apart (docs/architecture.md):
 * `boundaries/imports` reads the table in layers.mjs, `boundaries/host-access` keeps the preload object in one file.
 */
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { layers } from './layers.mjs'

const packageFile = new URL('../../package.json', import.meta.url)
const shipped = Object.keys(JSON.parse(readFileSync(packageFile, 'utf8')).dependencies)

/**
 * @typedef {Parameters<import('oxlint/plugins-dev').RuleTester['run']>[1]} Rule
 * @typedef {Parameters<Extract<Rule, { create: unknown }>['create']>[0]} Context
 * @typedef {Parameters<Context['report']>[0]['node']} Node
 * @typedef {import('./layers.mjs').Layer} Layer
 * @typedef {import('./layers.mjs').Place} Place
 * @typedef {{ kind: 'module' | 'package' | 'node', name: string }} Target
 */

/**
 * @param {string} specifier what stands in quotes after "from"
 * @param {string} importer path of the importing file, from the root of the repository, with "/"
 * @returns {Target}
 */
function resolve(specifier, importer) {
  const [name = ''] = specifier.split('?')
  if (name.startsWith('.')) return { kind: 'module', name: path.posix.join(path.posix.dirname(importer), name) }
  return { kind: isBuiltin(name) ? 'node' : 'package', name }
}

/** @param {Place} place @param {string} name */
function covers(place, name) {
  if (place instanceof RegExp) return place.test(name)
  if (place.endsWith('/*')) return name.startsWith(place.slice(0, -1))
  if (place.endsWith('/')) return name.startsWith(place)
  return name === place || name.startsWith(`${place}/`)
}

/** @param {Place[] | undefined} places @param {string} name */
const anyCovers = (places, name) => places?.some((place) => covers(place, name)) ?? false

/** @param {Layer} layer @param {string} importer @param {Target} target @param {boolean} typesOnly */
function allowed(layer, importer, target, typesOnly) {
  if (target.kind === 'node') return layer.node ?? false
  if (target.kind === 'package') {
    if (layer.shipped && anyCovers(shipped, target.name)) return true
    return anyCovers(layer.packages, target.name) || (typesOnly && anyCovers(layer.packageTypes, target.name))
  }
  const own = layer.files.exec(importer)?.[0]
  if (own?.endsWith('/') && target.name.startsWith(own)) return true
  return anyCovers(layer.modules, target.name) || (typesOnly && anyCovers(layer.moduleTypes, target.name))
}

/** @param {Layer} layer @param {Target} target */
function explain(layer, target) {
  const advice = layer.advice?.find(([imports]) => anyCovers(imports, target.name))
  return `${layer.name} may not import "${target.name}": ${advice?.[1] ?? layer.instead}.`
}

/** @param {Context} context */
function importerOf(context) {
  return path.relative(context.cwd, context.filename).split(path.sep).join('/')
}

/** @type {Rule} */
const imports = {
  create(context) {
    const importer = importerOf(context)
    const layer = layers.find(({ files }) => files.test(importer))
    if (!layer) {
      if (!importer.startsWith('src/')) return {}
      const message = `${importer} belongs to no layer: move it to a folder of docs/architecture.md, or add its layer to scripts/lint/layers.mjs.`
      return { Program: (node) => context.report({ node, message }) }
    }
    /** @param {any} node @param {any} source @param {boolean} typesOnly */
    const check = (node, source, typesOnly) => {
      if (typeof source?.value !== 'string') return
      const target = resolve(source.value, importer)
      if (!allowed(layer, importer, target, typesOnly)) context.report({ node, message: explain(layer, target) })
    }
    return {
      ImportDeclaration: (node) => check(node, node.source, node.importKind === 'type'),
      ExportNamedDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType: (node) => check(node, node.source, true),
    }
  },
}

const portFile = 'src/renderer/api/port.ts'

/** @type {Rule} */
const hostAccess = {
  create(context) {
    const file = importerOf(context)
    if (!file.startsWith('src/renderer/') || file === portFile) return {}
    return {
      MemberExpression(node) {
        const { object, property } = node
        const isGlobal = object.type === 'Identifier' && ['window', 'globalThis', 'self'].includes(object.name)
        const name =
          property.type === 'Identifier' ? property.name : property.type === 'Literal' ? property.value : null
        if (!isGlobal || name !== 'gatehouse') return
        const message = `window.gatehouse is the host, and only ${portFile} knows the host: take the client that it makes.`
        context.report({ node, message })
      },
    }
  },
}

const plugin = { meta: { name: 'boundaries' }, rules: { imports, 'host-access': hostAccess } }

// oxlint takes a plugin from the default export.
export default plugin
