import type { LeadershipState } from '../../shared/model/system.ts'

/** Which of the engines on the store mirrors sessions and raises alerts, in a word and in a sentence. */
export function leadWords({ leads, leader }: LeadershipState): { short: string; long: string } {
  if (leads) return { short: 'Leads', long: 'this engine mirrors sessions and raises alerts, for all on this store' }
  if (leader === null) return { short: 'No leader', long: 'no engine mirrors sessions or raises alerts now' }
  return { short: `Led by ${leader}`, long: `${leader} mirrors sessions and raises alerts, for all on this store` }
}
