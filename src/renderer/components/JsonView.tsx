import { useMemo } from 'react'
import { formatJson, tokenise } from './json-tokens.ts'
import classes from './JsonView.module.css'

/** JSON as text nodes alone, coloured by kind. What is no JSON is shown as it is. */
export function JsonView({ text, label }: { text: string; label: string }) {
  const tokens = useMemo(() => tokenise(formatJson(text)), [text])
  return (
    // A long value scrolls inside: the keyboard must be able to get there.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className={classes.json} aria-label={label} role="region" tabIndex={0}>
      {tokens.map(({ kind, text: part }, at) => (
        // The tokens of a text have no identity but their place.
        <span key={at} data-kind={kind}>
          {part}
        </span>
      ))}
    </pre>
  )
}
