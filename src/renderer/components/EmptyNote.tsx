import type { ReactNode } from 'react'
import classes from './Note.module.css'

/** An empty place says why it is empty, and what to do about it. */
export const EmptyNote = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className={classes.empty}>
    <strong>{title}</strong>
    {children && <div className={classes.quiet}>{children}</div>}
  </div>
)
