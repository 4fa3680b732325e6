import { useRef, type RefObject } from 'react'
import classes from './Editor.module.css'

/** As in the style sheet. */
const linePx = 18

interface CodeAreaProps {
  readonly label: string
  readonly text: string
  readonly onChange: (text: string) => void
  /** A line that is pointed out, from 1. */
  readonly faultLine: number | null
  /** What says why. */
  readonly describedBy: string
  readonly area: RefObject<HTMLTextAreaElement | null>
}

/** A text of lines with their numbers. It is a plain field: it colours nothing, and nothing of the text is ever markup. */
export function CodeArea({ label, text, onChange, faultLine, describedBy, area }: CodeAreaProps) {
  const gutter = useRef<HTMLDivElement>(null)
  const numbers = Array.from({ length: text.split('\n').length }, (_, at) => at + 1).join('\n')
  return (
    <div className={classes.code}>
      <div ref={gutter} className={classes.gutter} aria-hidden>
        {faultLine !== null && <div className={classes.fault} style={{ top: 8 + (faultLine - 1) * linePx }} />}
        <pre>{numbers}</pre>
      </div>
      <textarea
        ref={area}
        className={classes.area}
        aria-label={label}
        aria-invalid={faultLine !== null}
        aria-describedby={describedBy}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        data-autofocus
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
        onScroll={({ currentTarget }) => {
          if (gutter.current !== null) gutter.current.scrollTop = currentTarget.scrollTop
        }}
      />
    </div>
  )
}

/** Selects a line (from 1) and brings it into sight. */
export function goToLine(area: HTMLTextAreaElement | null, line: number): void {
  if (area === null) return
  const lines = area.value.split('\n')
  const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  area.focus()
  area.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0))
  area.scrollTop = Math.max(0, (line - 4) * linePx)
}
