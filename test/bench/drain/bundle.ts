import path from 'node:path'
import { build } from 'vite'

const root = path.resolve(import.meta.dirname, '../../..')

/**
 * Builds a program of the benchmark as the engine is built: run from its sources, what it takes would be a good part
 * Node's, which has to read TypeScript.
 * @returns the file to run
 */
export async function bundle(source: string): Promise<string> {
  // As deep below the root as the program's own build: see src/main/resources.ts.
  const outDir = path.join(root, 'out', 'bench')
  await build({ root, configFile: false, logLevel: 'warn', build: { ssr: source, outDir, target: 'node24' } })
  return path.join(outDir, `${path.basename(source, '.ts')}.js`)
}
