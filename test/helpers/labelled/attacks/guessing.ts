import { attackerAddress } from '../addresses.ts'
import { desktops } from '../agents.ts'
import type { Person } from '../people.ts'
import { anOffice, anyPerson, farAddress, scriptOrBrowser, somePeople, type Attack, type Scene } from './scene.ts'

const second = 1_000
const minute = 60_000

interface Try {
  atMs: number
  person: Person
  ip: string
  agent: string
}

function fail({ tape }: Scene, { atMs, person, ip, agent }: Try): void {
  tape.write(atMs, 'failed_login', { userId: person.userId, ip, agent }).metadata = { reason: 'wrong password' }
}

/** One account, one address. Hard: six within the minute, from the address of the company where the account is at home. */
export const bruteForceAccount: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const office = anOffice(scene, 20)
  const person = form === 'easy' ? anyPerson(scene) : random.pick(office.people)
  const ip = form === 'easy' ? farAddress(scene) : office.address
  const agent = form === 'easy' ? scriptOrBrowser(scene) : (person.devices[0] ?? '')
  const [tries, everyMs] = form === 'easy' ? [random.between(12, 45), 1_400] : [6, 11_500]
  tape.label('brute_force_account', form, [person.userId, ip], () => {
    for (let index = 0; index < tries; index++) fail(scene, { atMs: atMs + index * everyMs, person, ip, agent })
  })
}

/** One address, several accounts, quickly, and too few for a spray. Hard: six within the minute, of six accounts. */
export const bruteForceAddress: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const people = somePeople(scene, form === 'easy' ? 4 : 6)
  const [tries, everyMs] = form === 'easy' ? [random.between(8, 14), 3_000] : [6, 11_800]
  const ip = farAddress(scene)
  const agent = random.pick(desktops)
  tape.label('brute_force_address', form, [ip], () => {
    for (let index = 0; index < tries; index++) {
      const person = people[index % people.length]
      if (person !== undefined) fail(scene, { atMs: atMs + index * everyMs, person, ip, agent })
    }
  })
}

/** A try every quarter of an hour. Hard: as far apart as four in two hours allow, and of another account each time. */
export const slowBruteForce: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const tries = form === 'easy' ? random.between(8, 24) : 5
  const people = somePeople(scene, form === 'easy' ? 1 : tries)
  const ip = attackerAddress(random, anyPerson(scene).country)
  const agent = random.pick(desktops)
  tape.label('slow_brute_force', form, [ip, ...people.map(({ userId }) => userId)], () => {
    let nextMs = atMs
    for (let index = 0; index < tries; index++) {
      const person = people[index % people.length]
      if (person !== undefined) fail(scene, { atMs: nextMs, person, ip, agent })
      nextMs += form === 'easy' ? random.between(11, 16) * minute : random.between(24, 28) * minute
    }
  })
}

/** A try a minute, for most of an hour. Hard: twelve in two hours, of addresses in the country of the account. */
export const steadyBruteForce: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const person = anyPerson(scene)
  const tries = form === 'easy' ? random.between(30, 50) : 12
  const far = farAddress(scene)
  const addresses = form === 'easy' ? [far] : Array.from({ length: 3 }, () => attackerAddress(random, person.country))
  const agent = random.pick(desktops)
  tape.label('steady_brute_force', form, [person.userId, ...addresses], () => {
    let nextMs = atMs
    for (let index = 0; index < tries; index++) {
      fail(scene, { atMs: nextMs, person, ip: addresses[index % addresses.length] ?? far, agent })
      nextMs += form === 'easy' ? random.between(40, 80) * second : random.between(9 * 60, 10 * 60) * second
    }
  })
}

/** One account, one try every quarter of an hour, each from another address of the account's country, for half a day. */
export function patientGuessing(scene: Scene, atMs: number): void {
  const { random, tape } = scene
  const person = anyPerson(scene)
  const addresses = Array.from({ length: 40 }, () => attackerAddress(random, person.country))
  tape.label('distributed_guessing', 'below', [person.userId, ...addresses], () => {
    for (const [index, ip] of addresses.entries()) {
      fail(scene, { atMs: atMs + index * 15 * minute, person, ip, agent: random.pick(desktops) })
    }
  })
}

/** One address, another account every three quarters of an hour. */
export function patientSpray(scene: Scene, atMs: number): void {
  const { random, tape } = scene
  const people = somePeople(scene, 14)
  const ip = attackerAddress(random, anyPerson(scene).country)
  tape.label('password_spray', 'below', [ip, ...people.map(({ userId }) => userId)], () => {
    for (const [index, person] of people.entries()) {
      fail(scene, { atMs: atMs + index * 45 * minute, person, ip, agent: random.pick(desktops) })
    }
  })
}

/** Many accounts, two or three tries each. Hard: five accounts, fifteen tries over most of an hour, from a company. */
export const passwordSpray: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const office = anOffice(scene, 20)
  const people = form === 'easy' ? somePeople(scene, random.between(10, 40)) : office.people.slice(0, 5)
  const ip = form === 'easy' ? farAddress(scene) : office.address
  const rounds = form === 'easy' ? random.between(2, 3) : Math.ceil(15 / people.length)
  const spanMs = form === 'easy' ? 25 * minute : 55 * minute
  const agent = scriptOrBrowser(scene)
  const everyMs = spanMs / (people.length * rounds)
  tape.label('password_spray', form, [ip, ...people.map(({ userId }) => userId)], () => {
    for (let index = 0; index < people.length * rounds; index++) {
      const person = people[index % people.length]
      if (person !== undefined) fail(scene, { atMs: atMs + index * everyMs, person, ip, agent })
    }
  })
}

/** Stolen pairs of name and password, one try each. Hard: as few as may be, agents taking turns, over 14 minutes. */
export const credentialStuffing: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const tries = form === 'easy' ? random.between(40, 120) : 26
  const people = somePeople(scene, form === 'easy' ? tries : 16)
  const ip = farAddress(scene)
  const everyMs = (form === 'easy' ? 8 * minute : 14 * minute) / tries
  const own = scriptOrBrowser(scene)
  tape.label('credential_stuffing', form, [ip, ...people.map(({ userId }) => userId)], () => {
    for (let index = 0; index < tries; index++) {
      const person = people[index % people.length]
      const agent = form === 'easy' ? own : random.pick(desktops)
      if (person !== undefined) fail(scene, { atMs: atMs + index * everyMs, person, ip, agent })
    }
  })
}

/** One account, from many addresses. Hard: ten tries from five of the account's own country, over 29 minutes. */
export const distributedGuessing: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const person = anyPerson(scene)
  const [tries, places, spanMs] = form === 'easy' ? [random.between(20, 40), 15, 20 * minute] : [10, 5, 29 * minute]
  const addresses = Array.from({ length: places }, () =>
    form === 'easy' ? farAddress(scene) : attackerAddress(random, person.country),
  )
  const agent = random.pick(desktops)
  tape.label('distributed_guessing', form, [person.userId, ...addresses], () => {
    for (let index = 0; index < tries; index++) {
      const ip = addresses[index % places] ?? ''
      fail(scene, { atMs: atMs + (index * spanMs) / tries, person, ip, agent })
    }
  })
}

/**
 * Guesses that end in a login. Hard: five over nine minutes, each from another address, or all from the company where the
 * account is at home, with the owner's browser.
 */
export const guessedPassword: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const office = form === 'hard' && random.next() < 0.5 ? anOffice(scene, 20) : null
  const person = office === null ? anyPerson(scene) : random.pick(office.people)
  const tries = form === 'easy' ? random.between(7, 14) : 5
  const everyMs = form === 'easy' ? 2 * second : 108 * second
  const own = office?.address ?? farAddress(scene)
  const spread = form === 'hard' && office === null
  const addresses = Array.from({ length: tries + 1 }, () => (spread ? attackerAddress(random, person.country) : own))
  const agent = office !== null ? (person.devices[0] ?? '') : spread ? random.pick(desktops) : scriptOrBrowser(scene)
  const sessionId = tape.newSession()
  tape.label('success_after_failures', form, [person.userId, sessionId, ...addresses], () => {
    for (let index = 0; index < tries; index++) {
      fail(scene, { atMs: atMs + index * everyMs, person, ip: addresses[index] ?? own, agent })
    }
    const ip = addresses[tries] ?? own
    tape.write(atMs + tries * everyMs, 'login', { userId: person.userId, ip, agent, sessionId })
    tape.write(atMs + tries * everyMs + 20 * minute, 'logout', { userId: person.userId, ip, agent, sessionId })
  })
}

/** One address guesses at several accounts until one of them opens. Hard: five accounts, once each, over nine minutes. */
export const guessedAccount: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const tries = form === 'easy' ? 12 : 5
  const people = somePeople(scene, tries)
  const won = anyPerson(scene)
  const ip = farAddress(scene)
  const everyMs = form === 'easy' ? 6 * second : 108 * second
  const agent = random.pick(desktops)
  const sessionId = tape.newSession()
  tape.label('success_after_failures_address', form, [ip, won.userId, sessionId], () => {
    for (const [index, person] of people.entries()) fail(scene, { atMs: atMs + index * everyMs, person, ip, agent })
    const actor = { userId: won.userId, ip, agent, sessionId }
    tape.write(atMs + tries * everyMs, 'login', actor)
    tape.write(atMs + tries * everyMs + 20 * minute, 'logout', actor)
  })
}
