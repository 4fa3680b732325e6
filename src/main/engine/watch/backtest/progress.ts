import type { BacktestMessage } from '../../../../shared/model/backtest.ts'

type Progress = Extract<BacktestMessage, { kind: 'progress' }>

/** A screen shows no more than so many a second. */
const leastMs = 100
/** Before so much is done, the pace says nothing. */
const leastFraction = 0.02

/** Tells now and then how far a back-test is. */
export function progressTeller(
  tell: (progress: Progress) => void,
  fraction: () => number | null,
  nowMs = () => performance.now(),
) {
  const startedMs = nowMs()
  let toldMs = Number.NEGATIVE_INFINITY
  return (done: { events: number; alerts: number }): void => {
    const now = nowMs()
    if (now - toldMs < leastMs) return
    toldMs = now
    const share = fraction()
    const remainingMs = share === null || share < leastFraction ? null : ((now - startedMs) * (1 - share)) / share
    tell({ kind: 'progress', ...done, fraction: share, remainingMs })
  }
}
