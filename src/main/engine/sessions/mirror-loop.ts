import type { Wake } from '../throttle.ts'
import type { MirrorContext } from './context.ts'
import type { MirrorWork } from './mirror-work.ts'
import type { Tracking } from './source/tracking.ts'

/** A reconcile of very many sessions takes its time, and with hints hardly finds anything: a twentieth of it at most. */
const restPerWork = 20

/** From one review to the next at least, however many sessions expire. */
const shortestReviewMs = 1_000

/** Whether hints alone keep the rows what Redis holds: it names touched keys, and there was a reconcile since it began. */
export const isFollowing = ({ hints, memory }: MirrorContext, tracking: Tracking): boolean =>
  tracking.state().status === 'on' && hints.loss === null && memory.sawAllAt !== null

/**
 * Mirrors until `signal` aborts, whenever both stores are there. Without hints: a reconcile at every interval. With them:
 * a reconcile now and then, in between reviews, and whatever hints name as soon as they do. After a loss of hints: one
 * reconcile as soon as they come again, or one interval later if they do not.
 */
export async function keepMirroring(
  context: MirrorContext,
  tracking: Tracking,
  work: MirrorWork,
  wake: Wake,
  signal: AbortSignal,
): Promise<void> {
  const { database, redis, config, hints, memory, log } = context
  const { intervalMs, trackedIntervalMs, hintIntervalMs } = config.mirror
  let reconciledMs = -Infinity
  let reviewDueMs = 0
  let hintsDueMs = 0
  let pausedUntilMs = 0

  const areReady = () => database.state().status === 'connected' && redis.state().status === 'connected'
  const reconcileDueMs = (): number => {
    if (tracking.state().status === 'off') return Math.max(reconciledMs, hints.lostMs) + intervalMs
    if (hints.loss !== null) return 0
    const pauseMs = Math.max(trackedIntervalMs, restPerWork * (work.state.lastDurationMs ?? 0))
    return reconciledMs + (memory.holding ? intervalMs : pauseMs)
  }
  const nextDueMs = (): number => {
    const following = isFollowing(context, tracking)
      ? Math.min(reviewDueMs, hints.waiting > 0 ? hintsDueMs : Infinity)
      : Infinity
    return Math.max(pausedUntilMs, Math.min(reconcileDueMs(), following))
  }

  async function workOnce(): Promise<void> {
    const nowMs = performance.now()
    if (nowMs >= reconcileDueMs()) {
      reconciledMs = nowMs
      await work.reconcile()
      reviewDueMs = 0
      return
    }
    if (!isFollowing(context, tracking)) return
    if (nowMs >= reviewDueMs) {
      const { expiryInMs } = await work.review()
      reviewDueMs = performance.now() + Math.min(intervalMs, Math.max(shortestReviewMs, expiryInMs))
    }
    if (hints.waiting > 0 && nowMs >= hintsDueMs) {
      hintsDueMs = nowMs + hintIntervalMs
      await work.follow()
    }
  }

  while (!signal.aborted) {
    const startedMs = performance.now()
    try {
      if (!areReady()) await Promise.all([database.ready(signal), redis.ready(signal)])
      await tracking.settled()
      if (startedMs >= pausedUntilMs) await workOnce()
    } catch (error) {
      pausedUntilMs = startedMs + intervalMs
      if (!signal.aborted) log.warn({ err: error }, 'mirroring sessions failed; what it missed is read again')
    }
    await wake.wait(Math.max(0, nextDueMs() - performance.now()), signal)
  }
}
