import { RevocationOutcome, type SessionOutcome } from '../../../../shared/model/revocation.ts'

/** How many sessions had which outcome, in the order of the model; those that none had are left out. */
export const tally = (outcomes: readonly SessionOutcome[]) =>
  RevocationOutcome.options
    .map((outcome) => ({ outcome, count: outcomes.filter((one) => one.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
