import type { MirrorContext } from './context.ts'
import { forgetMassEnd, noteMassEnd } from './store/mass-end.ts'

/** Fewer sessions may well leave together. */
const massFrom = 100

/**
 * Whether ends that are only inferred are to wait. When Redis restarted or was exchanged (another run id), or when more
 * than half of over 100 sessions left at once with nothing that explains it, the likelier cause is the Redis, not the
 * people: it is reported, and these ends are written only if the sessions stay away for `mirror.massEndHoldMs`. When the
 * wait began is kept in the audit store, so that neither restarts nor engines that run once can put it off for ever.
 * @param gone sessions whose end nothing explains, of `live` that were there
 */
export async function holdsEnds(
  { database, config, memory, problems, log }: MirrorContext,
  { gone, live, runId }: { gone: number; live: number; runId: string | null },
): Promise<boolean> {
  if (gone === 0) {
    if (memory.holding) await forgetMassEnd(database)
    memory.holding = false
    return false
  }
  const otherServer = memory.runId !== null && runId !== null && memory.runId !== runId
  const suspicious = otherServer || (live > massFrom && gone > live / 2)
  if (!suspicious && !memory.holding) return false
  const heldMs = await noteMassEnd(database)
  if (!memory.holding) {
    memory.holding = true
    const what = `${gone} of ${live} sessions`
    const why = otherServer ? 'after Redis restarted or was exchanged' : 'at once'
    problems.report('sessions', `sessions left Redis ${why}: their ends wait; check that this is the right Redis`, what)
    log.warn({ gone, live, runId }, 'sessions left Redis at once; their ends wait')
  }
  return heldMs < config.mirror.massEndHoldMs
}
