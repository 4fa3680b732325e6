import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { root } from './electron.ts'

/** Runs a command of the built program with `--json`; its answer. Rejects where it fails. */
export async function runCommand(env: Record<string, string>, args: readonly string[]): Promise<unknown> {
  const script = path.join(root, 'out/main/cli.js')
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args, '--json'], {
    env: { ...process.env, ...env },
  })
  return JSON.parse(stdout)
}
