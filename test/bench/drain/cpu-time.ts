import { readdir, readFile } from 'node:fs/promises'

/** Linux counts in ticks, of which it gives programs 100 a second (proc(5), sysconf(_SC_CLK_TCK)). */
const tickMs = 10

/** Milliseconds that a process and its children, also those that have ended, ran until now; null but on Linux. */
export async function cpuTimeMs(pid: number): Promise<number | null> {
  const own = await ticksOf(pid)
  if (own === null) return null
  const others = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const all = await Promise.all(others.map(ticksOf))
  const children = all.filter((other) => other?.parent === pid).reduce((sum, other) => sum + (other?.ran ?? 0), 0)
  return (own.ran + own.endedChildren + children) * tickMs
}

async function ticksOf(pid: number): Promise<{ parent: number; ran: number; endedChildren: number } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null) // It ended, or this is no Linux.
  if (text === null) return null
  // Behind the name, which may hold anything: state, parent, ..., utime, stime, cutime, cstime as fields 14 to 17.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [parent = 0, user = 0, system = 0, childUser = 0, childSystem = 0] = [1, 11, 12, 13, 14].map((n) => fields[n])
  return { parent, ran: user + system, endedChildren: childUser + childSystem }
}
