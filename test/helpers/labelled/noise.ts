import { homeAddress } from './addresses.ts'
import { desktops } from './agents.ts'
import { anyPerson, type Scene } from './attacks/scene.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** A session is revoked for a good reason, and a request that was under way comes in a moment later. */
export function honestRevocation({ random, tape, population }: Scene, atMs: number): void {
  const person = random.pick(population.people)
  const actor = {
    userId: person.userId,
    ip: person.home,
    agent: person.devices[0] ?? null,
    sessionId: tape.newSession(),
  }
  tape.write(atMs, 'login', actor)
  tape.write(atMs + hour, 'revoked', actor)
  tape.write(atMs + hour + random.between(1, 8) * second, 'session_check', actor)
}

/** A program on somebody's machine tries an old password every now and then until it is told the new one. */
export function stalePassword(scene: Scene, atMs: number): void {
  const { random, tape } = scene
  const person = anyPerson(scene)
  const who = { userId: person.userId, ip: homeAddress(random, person.country), agent: random.pick(desktops) }
  for (let index = 0; index < 3; index++) {
    tape.write(atMs + index * 35 * minute, 'failed_login', who).metadata = { reason: 'wrong password' }
  }
}

/** Somebody changes the password. */
export function newPassword({ tape, ...scene }: Scene, atMs: number): void {
  const person = anyPerson({ tape, ...scene })
  tape.write(atMs, 'password_change', { userId: person.userId, ip: person.home, agent: person.devices[0] ?? null })
}
