import { readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Absolute path of a file or folder in resources/. The build puts every file of the main process flat into out/main,
 * two levels below the root as this source is, so one expression serves the sources, the build and the packed program.
 */
export function resourcePath(...segments: string[]): string {
  return path.join(import.meta.dirname, '..', '..', 'resources', ...segments)
}

/** The program's version, as package.json says. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(resourcePath('..', 'package.json'), 'utf8')) as { version: string }
  return version
}
