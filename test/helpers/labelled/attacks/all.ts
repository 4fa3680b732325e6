import * as guessing from './guessing.ts'
import * as outages from './outages.ts'
import type { Attack, Scene } from './scene.ts'
import * as accounts from './stolen-accounts.ts'
import * as sessions from './stolen-sessions.ts'

/** Guesses of those who know every threshold of the catalogue. */
export const attacksBelow: readonly ((scene: Scene, atMs: number) => void)[] = [
  guessing.patientGuessing,
  guessing.patientSpray,
]

/** Every kind of attack there is in the catalogue. */
export const attacks: readonly Attack[] = [
  guessing.bruteForceAccount,
  guessing.bruteForceAddress,
  guessing.slowBruteForce,
  guessing.steadyBruteForce,
  guessing.passwordSpray,
  guessing.credentialStuffing,
  guessing.distributedGuessing,
  guessing.guessedPassword,
  guessing.guessedAccount,
  accounts.impossibleTravel,
  accounts.anonymizedLogin,
  accounts.newDevice,
  accounts.newCountry,
  accounts.scriptedAgent,
  accounts.concurrentSessions,
  accounts.sharedAddress,
  accounts.repeatedLogins,
  sessions.addressChange,
  sessions.revokedToken,
  sessions.refreshSpam,
  outages.loadedLogins,
  outages.sessionDrop,
  outages.queueBacklog,
  outages.writeFailures,
  outages.droppedEvents,
  outages.livingRevoked,
]
