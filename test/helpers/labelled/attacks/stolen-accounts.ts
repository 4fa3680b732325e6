import { attackerAddress, homeAddress, torAddress, vpnAddress, type Country } from '../addresses.ts'
import { desktops, phones, scripts, strangeAgent } from '../agents.ts'
import type { Person } from '../people.ts'
import { anyPerson, farAddress, type Attack, type Scene } from './scene.ts'

const minute = 60_000
const hour = 60 * minute

/** A login with a password that somebody else knows, and a short look around. */
function comeAndGo(
  { tape }: Scene,
  atMs: number,
  person: Person,
  { ip, agent, stayMs = 20 * minute }: { ip: string; agent: string | null; stayMs?: number },
): void {
  const actor = { userId: person.userId, ip, agent, sessionId: tape.newSession() }
  tape.write(atMs, 'login', actor)
  tape.write(atMs + stayMs / 2, 'session_check', actor)
  tape.write(atMs + stayMs, 'logout', actor)
}

const ownAgent = (person: Person): string => person.devices[0] ?? ''

/** Countries that are so far from each other that no plane flies there in three hours, not even from border to border. */
const opposite: Partial<Record<Country, Country>> = {
  DE: 'JP',
  FR: 'JP',
  GB: 'JP',
  NL: 'JP',
  US: 'JP',
  IN: 'BR',
  BR: 'IN',
  JP: 'BR',
}

/** Two places at once. Hard: three hours later, with the same browser as the owner's; every other with no time between. */
export const impossibleTravel: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const person = anyPerson(scene)
  const elsewhere = opposite[person.country] ?? 'JP'
  const there = attackerAddress(random, elsewhere)
  const agent = ownAgent(person)
  const gapMs = form === 'easy' ? random.between(5, 50) * minute : random.next() < 0.5 ? 0 : 3 * hour
  tape.label('impossible_travel', form, [person.userId, there], () => {
    comeAndGo(scene, atMs, person, { ip: homeAddress(random, person.country), agent, stayMs: 10 * minute })
    comeAndGo(scene, atMs + gapMs, person, { ip: there, agent })
  })
}

/** From an exit of Tor. Hard: an exit of a VPN, written as IPv6 of an IPv4 address. */
export const anonymizedLogin: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const person = anyPerson(scene)
  const ip = form === 'easy' ? torAddress(random) : vpnAddress(random)
  const written = form === 'easy' ? ip : `::ffff:${ip}`
  tape.label('anonymizer_exit', form, [person.userId, ip, written], () =>
    comeAndGo(scene, atMs, person, { ip: written, agent: ownAgent(person) }),
  )
}

/** A browser that the person never had. Hard: only the system differs, in the country where the person lives. */
export const newDevice: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const person = anyPerson(scene)
  const ip = homeAddress(random, person.country)
  const agent =
    form === 'easy' ? strangeAgent : (desktops.find((one) => !sameSystem(one, ownAgent(person))) ?? strangeAgent)
  tape.label('new_device', form, [person.userId], () => comeAndGo(scene, atMs, person, { ip, agent }))
}

const systemOf = (agent: string): string => /Windows|Mac OS X|Linux/.exec(agent)?.[0] ?? ''
const sameSystem = (a: string, b: string): boolean => systemOf(a) === systemOf(b)

/** A country that the person never was in. Hard: a neighbour's, where no travel is too fast. */
export const newCountry: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const person = anyPerson(scene)
  const neighbour: Country = person.country === 'FR' ? 'ES' : 'IT'
  const ip = form === 'easy' ? farAddress(scene) : attackerAddress(random, neighbour)
  tape.label('new_country', form, [person.userId, ip], () =>
    comeAndGo(scene, atMs, person, { ip, agent: ownAgent(person) }),
  )
}

/** A script signs in. Hard: it takes over a session and only asks whether it lives, or sends an empty agent. */
export const scriptedAgent: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const taken = form === 'hard' && random.next() < 0.5 ? scene.takeSession() : null
  if (taken !== null) {
    const { actor, fromMs } = taken.session
    const ip = attackerAddress(random, taken.person.country)
    tape.label('scripted_agent', form, [actor.userId, actor.sessionId, ip], () => {
      for (let index = 0; index < 4; index++) {
        tape.write(fromMs + (10 + index) * minute, 'session_check', { ...actor, ip, agent: random.pick(scripts) })
      }
    })
    return
  }
  const person = anyPerson(scene)
  const ip = homeAddress(random, person.country)
  const agent = form === 'easy' ? random.pick(scripts) : ''
  tape.label('scripted_agent', form, [person.userId, ip], () => comeAndGo(scene, atMs, person, { ip, agent }))
}

/** Six sessions of one person within the hour. Hard: four, opened over five hours, with agents that are all known. */
export const concurrentSessions: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const person = anyPerson(scene)
  const [count, everyMs] = form === 'easy' ? [6, 9 * minute] : [4, 75 * minute]
  tape.label('concurrent_sessions', form, [person.userId], () => {
    for (let index = 0; index < count; index++) {
      const actor = {
        userId: person.userId,
        ip: homeAddress(random, person.country),
        agent: person.devices[index % person.devices.length] ?? random.pick(phones),
        sessionId: tape.newSession(),
      }
      tape.write(atMs + index * everyMs, 'login', actor)
      tape.write(atMs + 6 * hour + index * minute, 'logout', actor)
    }
  })
}

/** One address signs in to many accounts. Hard: six within nine minutes. */
export const sharedAddress: Attack = (scene, form, atMs) => {
  const { random, tape, population } = scene
  const count = form === 'easy' ? random.between(10, 25) : 6
  const country = anyPerson(scene).country
  const locals = population.people.filter((person) => person.country === country)
  const ip = attackerAddress(random, country)
  const agent = random.pick(desktops)
  const people = new Set<Person>()
  while (people.size < Math.min(count, locals.length)) people.add(random.pick(locals))
  tape.label('shared_address', form, [ip, ...Array.from(people, ({ userId }) => userId)], () => {
    let index = 0
    for (const person of people) comeAndGo(scene, atMs + (index++ * 9 * minute) / count, person, { ip, agent })
  })
}

/** One person signs in again and again from one address. Hard: six within nine minutes. */
export const repeatedLogins: Attack = (scene, form, atMs) => {
  const { random, tape } = scene
  const person = anyPerson(scene)
  const count = form === 'easy' ? random.between(9, 20) : 6
  const ip = homeAddress(random, person.country)
  tape.label(
    'shared_address_one_user',
    form,
    [person.userId, ip, `${person.userId} | ${ip}`, `${ip} | ${person.userId}`],
    () => {
      for (let index = 0; index < count; index++) {
        const where = { ip, agent: ownAgent(person), stayMs: 30_000 }
        comeAndGo(scene, atMs + (index * 9 * minute) / count, person, where)
      }
    },
  )
}
