import { Button, Tooltip, VisuallyHidden, type ButtonProps } from '@mantine/core'
import { useId, type ReactNode } from 'react'

interface ActButtonProps extends ButtonProps {
  /** Why it cannot be done now; null where it can. */
  readonly blocked: string | null
  readonly onClick: () => void
  readonly children: ReactNode
}

/**
 * A button for an act. Where it cannot be done it stays in reach of the keyboard and says why; it is the same element then,
 * so that whoever stands on it is not thrown off.
 */
export function ActButton({ blocked, onClick, children, ...rest }: ActButtonProps) {
  const why = useId()
  const blocking = blocked === null ? {} : { 'aria-disabled': true, 'data-disabled': true, 'aria-describedby': why }
  return (
    <>
      <Tooltip label={blocked} disabled={blocked === null} events={{ hover: true, focus: true, touch: true }}>
        <Button
          {...rest}
          {...blocking}
          onClick={(event) => {
            if (blocked === null) onClick()
            else event.preventDefault()
          }}
        >
          {children}
        </Button>
      </Tooltip>
      {blocked !== null && <VisuallyHidden id={why}>{blocked}</VisuallyHidden>}
    </>
  )
}
