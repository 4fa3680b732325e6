import { attackerAddress } from '../addresses.ts'
import { farAddress, type Attack } from './scene.ts'

const second = 1_000
const minute = 60_000

/** A session goes on from another country. Hard: one look, 28 minutes after the owner's. */
export const addressChange: Attack = (scene, form) => {
  const { tape } = scene
  const taken = scene.takeSession()
  if (taken === null) return
  const { actor, fromMs } = taken.session
  const ip = farAddress(scene)
  // The owner's own event beside it is written too: between two of theirs may lie more than the half hour.
  const ownerMs = fromMs + 5 * minute
  tape.label('address_change_in_session', form, [actor.userId, actor.sessionId, ip], () => {
    tape.write(ownerMs, 'session_check', actor)
    const count = form === 'easy' ? 5 : 1
    for (let index = 0; index < count; index++) {
      const afterMs = form === 'easy' ? (3 + index * 2) * minute : 28 * minute
      tape.write(ownerMs + afterMs, 'session_check', { ...actor, ip })
    }
  })
}

/** A revoked session goes on being used. Hard: a single refresh, eleven seconds after. */
export const revokedToken: Attack = (scene, form) => {
  const { random, tape } = scene
  const taken = scene.takeSession()
  if (taken === null) return
  const { person, session } = taken
  const { actor, fromMs } = session
  // Beyond what the owner does with it.
  const atMs = session.toMs + 40 * minute
  const ip = attackerAddress(random, person.country)
  const own = { ...actor, sessionId: tape.newSession() }
  tape.label('token_used_after_revocation', form, [own.userId, own.sessionId, ip], () => {
    tape.write(Math.max(fromMs, atMs - 30 * minute), 'login', own)
    tape.write(atMs, 'revoked', own)
    const stolen = { ...own, ip }
    if (form === 'hard') tape.write(atMs + 11 * second, 'token_refresh', stolen)
    else for (let index = 1; index < 9; index++) tape.write(atMs + index * 25 * second, 'session_check', stolen)
  })
}

/** Tokens refreshed far more often than a client would. Hard: eleven in a minute. */
export const refreshSpam: Attack = (scene, form) => {
  const { random, tape } = scene
  const taken = scene.takeSession()
  if (taken === null) return
  const { actor, fromMs } = taken.session
  const [count, everyMs] = form === 'easy' ? [random.between(25, 60), 1_100] : [11, 5_800]
  tape.label('refresh_spam', form, [actor.userId, actor.sessionId], () => {
    for (let index = 0; index < count; index++)
      tape.write(fromMs + 2 * minute + index * everyMs, 'token_refresh', actor)
  })
}
