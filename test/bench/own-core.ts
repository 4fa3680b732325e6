import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'

/**
 * Gives one process the machine's last core, and nothing of the machine's is run there before it (SCHED_FIFO); the others
 * get the rest. Redis counts the time during which it was not running as time of the command, and then says nothing
 * about what the command costs.
 * @returns false where that cannot be done: one core only, no rights, or no taskset and chrt (Linux)
 */
export function giveOwnCore(pid: number, others: readonly number[]): boolean {
  const last = os.cpus().length - 1
  if (last < 1) return false
  try {
    pin(pid, `${last}`)
    execFileSync('chrt', ['--all-tasks', '--fifo', '--pid', '50', `${pid}`])
    for (const other of others) pin(other, `0-${last - 1}`)
    return true
  } catch {
    // Not on this system: the result says so.
    return false
  }
}

/** Milliseconds since the machine started in which the last core was taken away by what runs this machine; null off Linux. */
export function stolenMs(): number | null {
  try {
    const [line] =
      readFileSync('/proc/stat', 'utf8')
        .match(/^cpu\d+ .*$/gm)
        ?.slice(-1) ?? []
    // user nice system idle iowait irq softirq steal, in hundredths of a second (proc_stat(5))
    return line === undefined ? null : Number(line.split(/\s+/)[8]) * 10
  } catch {
    // Not Linux.
    return null
  }
}

/** All threads of the process; what it starts from now on runs there too. */
const pin = (pid: number, cores: string): void => {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, `${pid}`])
}
