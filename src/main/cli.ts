import { runCommand } from './cli/run.ts'

const [name, ...rest] = process.argv.slice(2)
if (name === 'serve') {
  // headless.ts reads its own arguments, as when it is started by itself.
  process.argv.splice(2, process.argv.length, 'serve', ...rest)
  await import('./headless.ts')
} else {
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort())
  // A reader that has seen enough (`| head`) closes the pipe: that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  process.exitCode = await runCommand(process.argv.slice(2), {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    env: process.env,
    signal: stopped.signal,
  })
}
