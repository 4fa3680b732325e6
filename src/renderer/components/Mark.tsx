import type { ReactNode } from 'react'
import classes from './Mark.module.css'

/** How a thing stands: each tone has a shape of its own, so that colour is never alone. */
export type Tone = 'ok' | 'busy' | 'warning' | 'critical' | 'info' | 'none'

const shapes: Readonly<Record<Tone, ReactNode>> = {
  ok: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  busy: <path d="M5 1a4 4 0 1 1-4 4" fill="none" stroke="currentColor" strokeWidth="2" />,
  warning: <path d="M5 .8 9.6 9H.4Z" fill="currentColor" />,
  critical: <path d="M5 .2 9.8 5 5 9.8.2 5Z" fill="currentColor" />,
  info: <rect x="1.2" y="1.2" width="7.6" height="7.6" fill="currentColor" />,
  none: <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
}

/** Shape, word and colour for how something stands. */
export const Mark = ({ tone, children }: { tone: Tone; children: ReactNode }) => (
  <span className={classes.mark} data-tone={tone}>
    <svg aria-hidden width="10" height="10" viewBox="0 0 10 10">
      {shapes[tone]}
    </svg>
    <span className={classes.word}>{children}</span>
  </span>
)
