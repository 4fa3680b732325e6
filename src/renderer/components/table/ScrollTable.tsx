import type { ReactNode } from 'react'
import classes from './ScrollTable.module.css'

/** A heading, or one whose column holds numbers. */
export type TableHeading = string | { readonly number: string }

interface ScrollTableProps {
  /** What a screen reader calls it. */
  readonly label: string
  readonly headings: readonly TableHeading[]
  /** `box`: of a dialog or drawer, and of limited height; `page`: all of the room there is; `flow`: as high as its rows. */
  readonly fit?: 'box' | 'page' | 'flow'
  /** Cells keep to one line, and the table goes sideways instead. */
  readonly noWrap?: boolean
  /** The rows, as `tr`; cells with numbers have `data-align="end"`. */
  readonly children: ReactNode
}

/** A table of few rows, which scrolls by pointer and keyboard where it has no room. Of many rows `Grid` draws those in sight. */
export const ScrollTable = ({ label, headings, fit = 'box', noWrap = false, children }: ScrollTableProps) => (
  <div
    className={classes.scroll}
    data-fit={fit}
    data-nowrap={noWrap || undefined}
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must be able to get there
    tabIndex={0}
    role="region"
    aria-label={label}
  >
    <table className={classes.table}>
      <thead>
        <tr>
          {headings.map((heading) =>
            typeof heading === 'string' ? (
              <th key={heading} scope="col">
                {heading}
              </th>
            ) : (
              <th key={heading.number} scope="col" data-align="end">
                {heading.number}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
)
