import { createRandom, type Random } from '../../../src/main/sample/random.ts'
import { attackerAddress, homeAddress } from '../labelled/addresses.ts'
import { desktops } from '../labelled/agents.ts'

/** Lines of a server's log, and who attacked it. */
export interface PublicLog {
  lines: string[]
  attackers: ReadonlySet<string>
}

const startMs = Date.parse('2026-03-02T00:00:00Z')
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const guessed = ['root', 'admin', 'test', 'oracle', 'ubuntu', 'postgres', 'git', 'deploy', 'ftp', 'pi']
const staff = ['alice', 'bob', 'carol', 'dave']

interface Line {
  atMs: number
  text: (atMs: number) => string
}

const inOrder = (lines: readonly Line[]): string[] =>
  lines.toSorted((a, b) => a.atMs - b.atMs).map(({ atMs, text }) => text(atMs))

/** A day of an SSH server on the internet: people with keys, and addresses that try names and passwords. */
export function writeSshLog(seed: number, { attackers = 4 } = {}): PublicLog {
  const random = createRandom(seed)
  const lines: Line[] = []
  const say = (atMs: number, message: string): void => {
    const pid = random.between(1_000, 60_000)
    lines.push({ atMs, text: (ms) => `${syslogTime(ms)} gate sshd[${pid}]: ${message}` })
  }
  for (let index = 0; index < 40; index++) {
    const [user, port] = [random.pick(staff), random.between(1_024, 65_000)]
    const atMs = startMs + random.between(7 * 3_600, 19 * 3_600) * 1_000
    const from = `from ${homeAddress(random, 'DE')} port ${port}`
    if (index % 10 === 0) say(atMs - 8_000, `Failed password for ${user} ${from} ssh2`)
    say(atMs, `Accepted publickey for ${user} ${from} ssh2: ED25519 SHA256:abc`)
    say(atMs + 600_000, `Received disconnect ${from}:11: disconnected by user`)
  }
  const addresses = takenBy(random, attackers)
  for (const address of addresses) {
    let atMs = startMs + random.between(0, 80_000) * 1_000
    for (let index = random.between(12, 60); index > 0; index--) {
      const [user, port] = [random.pick(guessed), random.between(1_024, 65_000)]
      const whom = user === 'root' ? user : `invalid user ${user}`
      const failed = `Failed password for ${whom} from ${address} port ${port} ssh2`
      say(atMs, failed)
      if (random.next() < 0.3) say(atMs + 6_000, `message repeated ${random.between(2, 5)} times: [ ${failed}]`)
      atMs += random.between(1_000, 7_000)
    }
  }
  return { lines: inOrder(lines), attackers: addresses }
}

/** A day of a web application behind nginx: people who sign in and look around, and addresses that try passwords. */
export function writeWebLog(seed: number, { attackers = 4 } = {}): PublicLog {
  const random = createRandom(seed)
  const lines: Line[] = []
  const request = (atMs: number, address: string, what: string, status: number, agent: string): void => {
    lines.push({
      atMs,
      text: (ms) => `${address} - - [${nginxTime(ms)}] "${what} HTTP/2.0" ${status} 532 "-" "${agent}"`,
    })
  }
  for (let index = 0; index < 150; index++) {
    const atMs = startMs + random.between(6 * 3_600, 21 * 3_600) * 1_000
    const [address, agent] = [homeAddress(random, 'DE'), random.pick(desktops)]
    request(atMs - 9_000, address, 'GET /login', 200, agent)
    if (index % 20 === 0) request(atMs - 4_000, address, 'POST /login', 401, agent)
    request(atMs, address, 'POST /login', 302, agent)
    request(atMs + 1_000, address, 'GET /documents?page=1', 200, agent)
  }
  const addresses = takenBy(random, attackers)
  for (const address of addresses) {
    let atMs = startMs + random.between(0, 80_000) * 1_000
    for (let index = random.between(15, 60); index > 0; index--) {
      request(atMs, address, 'POST /login', random.next() < 0.9 ? 401 : 429, 'python-requests/2.32.5')
      atMs += random.between(500, 6_000)
    }
  }
  return { lines: inOrder(lines), attackers: addresses }
}

function takenBy(random: Random, count: number): Set<string> {
  const addresses = new Set<string>()
  while (addresses.size < count) addresses.add(attackerAddress(random, random.pick(['CN', 'RU', 'VN'] as const)))
  return addresses
}

function syslogTime(atMs: number): string {
  const at = new Date(atMs)
  const day = String(at.getUTCDate()).padStart(2, ' ')
  return `${months[at.getUTCMonth()]} ${day} ${at.toISOString().slice(11, 19)}`
}

function nginxTime(atMs: number): string {
  const at = new Date(atMs)
  const day = String(at.getUTCDate()).padStart(2, '0')
  return `${day}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}:${at.toISOString().slice(11, 19)} +0000`
}
