import { Button } from '@mantine/core'
import { canRetry, wordsFor } from './error-words.ts'
import { Mark } from './Mark.tsx'
import classes from './Note.module.css'

/** Says what went wrong, what was kept and what to try; with a button where trying again is the thing to do. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, message, kept, next } = wordsFor(error)
  return (
    <div role="alert" className={classes.note} data-tone="critical">
      <strong>
        <Mark tone="critical">{title}</Mark>
      </strong>
      <p>{message}</p>
      <p className={classes.quiet}>
        {kept} {next}
      </p>
      {onRetry && canRetry(error) && (
        <Button onClick={onRetry} className={classes.act}>
          Try again
        </Button>
      )}
    </div>
  )
}
