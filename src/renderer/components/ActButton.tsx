import { Button, Tooltip, VisuallyHidden, type ButtonProps } from '@mantine/core'
import { useId, type ReactNode } from 'react'

interface ActButtonProps extends ButtonProps {
  /** Why it cannot be done now; null where it can. */
  readonly blocked: string | null
  readonly onClick: () => void
  readonly children: ReactNode
}

/** A button for an act. Where it cannot be done it stays in reach of the keyboard and says why. */
export function ActButton({ blocked, onClick, children, ...rest }: ActButtonProps) {
  const why = useId()
  if (blocked === null) {
    return (
      <Button {...rest} onClick={onClick}>
        {children}
      </Button>
    )
  }
  return (
    <>
      <Tooltip label={blocked} events={{ hover: true, focus: true, touch: true }}>
        <Button
          {...rest}
          aria-disabled
          data-disabled
          aria-describedby={why}
          onClick={(event) => event.preventDefault()}
        >
          {children}
        </Button>
      </Tooltip>
      <VisuallyHidden id={why}>{blocked}</VisuallyHidden>
    </>
  )
}
