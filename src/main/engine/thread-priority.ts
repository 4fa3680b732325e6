import { readlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * Has the calling thread wait where others want the processor too. Linux alone gives threads a priority of their own (the
 * name of one is that of a process to setpriority(2)); elsewhere it would be that of the whole program, which stays as it is.
 */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return
  try {
    const thread = Number(path.basename(readlinkSync('/proc/thread-self')))
    os.setPriority(thread, os.constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Without /proc, or where it is not allowed: the thread runs beside the others then, which is no fault.
  }
}
