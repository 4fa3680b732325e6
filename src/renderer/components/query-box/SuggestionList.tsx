import type { Suggestion } from './suggestions.ts'
import classes from './QueryBox.module.css'

interface SuggestionListProps {
  readonly id: string
  readonly suggestions: readonly Suggestion[]
  readonly active: number
  readonly onTake: (suggestion: Suggestion) => void
}

/** The lines under the query box. The focus stays in the box, which takes the keys. */
export const SuggestionList = ({ id, suggestions, active, onTake }: SuggestionListProps) => (
  <div id={id} role="listbox" aria-label="Suggestions" className={classes.list} hidden={suggestions.length === 0}>
    {suggestions.map((suggestion, at) => (
      // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- see above
      <div
        key={`${suggestion.kind} ${suggestion.label}`}
        id={`${id}-${at}`}
        role="option"
        aria-selected={at === active}
        className={classes.option}
        // A press would take the focus from the box, and the list would be gone before the click.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onTake(suggestion)}
      >
        <span className={classes.label}>{suggestion.label}</span>
        <span className={classes.hint}>{suggestion.hint}</span>
      </div>
    ))}
  </div>
)
