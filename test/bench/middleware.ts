import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { keep } from '../helpers/teardown.ts'
import { median, percentile } from './median.ts'

interface Percentiles {
  p50: number
  p99: number
}

export interface MiddlewareBench {
  /** Requests of each kind in a round. */
  requests: number
  rounds: number
  /** Milliseconds from sending a request to the end of its answer, medians of the rounds. */
  plainMs: Percentiles
  watchedMs: Percentiles
  /** What the middleware adds: the difference of the percentiles within a round, median of the rounds. */
  addedMs: Percentiles
  /** The same difference between the plain page and itself, measured alike: what the machine's noise makes of nothing. */
  noiseMs: Percentiles
  p99MustMs: number
  p99AimMs: number
}

/**
 * The same page of one Express application without and with all of the middleware (rate limiter, activity, check usage)
 * and an event, by turns, one request at a time over one connection.
 */
export async function benchMiddleware(
  redisUrl: string,
  { requests, rounds }: { requests: number; rounds: number },
): Promise<MiddlewareBench> {
  const url = await startApplication(redisUrl)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const cookie = (await send(agent, 'POST', `${url}/login`, '')).cookie
  const timed = async (page: string): Promise<number> => {
    const startMs = performance.now()
    const { status } = await send(agent, 'GET', `${url}/${page}`, cookie)
    if (status !== 200) throw new Error(`/${page} answered ${status}`)
    return performance.now() - startMs
  }
  const measured: Record<keyof typeof pages, Percentiles>[] = []
  // The first round warms both up.
  for (let round = 0; round <= rounds; round++) {
    const taken = { plain: [] as number[], watched: [] as number[], again: [] as number[] }
    for (let n = 0; n < requests; n++) {
      for (const series of turns[n % turns.length] ?? []) taken[series].push(await timed(pages[series]))
    }
    const { plain, watched, again } = taken
    if (round === 0) continue
    measured.push({ plain: percentilesOf(plain), watched: percentilesOf(watched), again: percentilesOf(again) })
  }
  agent.destroy()
  const of = (what: (round: (typeof measured)[number]) => number): number =>
    Math.round(median(measured.map(what)) * 1_000) / 1_000
  return {
    requests,
    rounds,
    plainMs: { p50: of(({ plain }) => plain.p50), p99: of(({ plain }) => plain.p99) },
    watchedMs: { p50: of(({ watched }) => watched.p50), p99: of(({ watched }) => watched.p99) },
    addedMs: {
      p50: of(({ plain, watched }) => watched.p50 - plain.p50),
      p99: of(({ plain, watched }) => watched.p99 - plain.p99),
    },
    noiseMs: {
      p50: of(({ plain, again }) => again.p50 - plain.p50),
      p99: of(({ plain, again }) => again.p99 - plain.p99),
    },
    p99MustMs: 2,
    p99AimMs: 0.5,
  }
}

/** What is measured, by the page that is asked for. */
const pages = { plain: 'plain', watched: 'watched', again: 'plain' } as const
/** By turns in different orders, so that none always comes behind the same. */
const turns = [
  ['plain', 'watched', 'again'],
  ['again', 'watched', 'plain'],
  ['watched', 'plain', 'again'],
  ['watched', 'again', 'plain'],
] as const

const percentilesOf = (ms: readonly number[]): Percentiles => ({ p50: percentile(ms, 0.5), p99: percentile(ms, 0.99) })

async function startApplication(redisUrl: string): Promise<string> {
  const file = path.join(import.meta.dirname, 'middleware-app.ts')
  const env = { ...process.env, REDIS_URL: redisUrl }
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const end = async (): Promise<void> => {
    child.kill()
    await exited
  }
  keep({ release: end, abandon: () => void child.kill('SIGKILL') })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return line
}

/** Node's own client: the timers and copies of fetch would be measured, too. */
function send(agent: Agent, method: string, url: string, cookie: string): Promise<{ status: number; cookie: string }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, method, headers: { cookie } }, (response) => {
      response.resume()
      response.once('end', () => {
        const [set = ''] = response.headers['set-cookie'] ?? []
        resolve({ status: response.statusCode ?? 0, cookie: set.split(';', 1)[0] ?? '' })
      })
    })
    call.once('error', reject)
    call.end()
  })
}
