import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { _electron, type ElectronApplication } from '@playwright/test'

export const root = path.resolve(import.meta.dirname, '../../..')

/**
 * The real executable, or the harness where it was not downloaded. Looked up without importing the package "electron",
 * which would start a download. GATEHOUSE_E2E=harness takes the harness in any case.
 */
function electronExecutable(): string {
  const harness = path.join(root, 'test/electron-harness/electron')
  if (process.env['GATEHOUSE_E2E'] === 'harness') return harness
  const folder = path.dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  const note = path.join(folder, 'path.txt')
  if (!existsSync(note)) return harness
  const binary = path.join(folder, 'dist', readFileSync(note, 'utf8').trim())
  return existsSync(binary) ? binary : harness
}

/** Starts a main script under Electron. What it writes to standard error is part of the error if it does not come up. */
export function launchElectron(script: string, env: Record<string, string> = {}): Promise<ElectronApplication> {
  const inherited = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return _electron.launch({
    executablePath: electronExecutable(),
    args: [path.join(root, script)],
    cwd: root,
    env: { ...(Object.fromEntries(inherited) as Record<string, string>), ...env },
  })
}
