import { spawn } from 'node:child_process'
import os from 'node:os'

/** @type {NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program in the place of this one: same terminal, same working folder, its signals and its exit code.
 * @param {string} command
 * @param {string[]} args
 */
export function become(command, args) {
  const child = spawn(command, args, { stdio: 'inherit' })
  for (const signal of signals) {
    process.on(signal, () => {
      // Ctrl+C in a terminal reaches the child by itself, and twice would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.once('error', (error) => {
    process.stderr.write(`[gatehouse] ${command} does not start: ${error.message}\n`)
    process.exitCode = 1
  })
  child.once('exit', (code, signal) => {
    // What a shell reports for a program that a signal ended.
    process.exitCode = code ?? 128 + (signal ? os.constants.signals[signal] : 0)
  })
}
