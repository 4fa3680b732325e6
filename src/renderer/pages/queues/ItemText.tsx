import { useState } from 'react'
import { JsonView } from '../../components/JsonView.tsx'
import classes from './Queues.module.css'

/** The raw text of an item: one line, or all of it. */
export function ItemText({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <div className={classes.item}>
      <button type="button" className={classes.itemLine} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {text === '' ? '(empty)' : text.slice(0, 400)}
      </button>
      {isOpen && <JsonView label="Item" text={text} />}
    </div>
  )
}
