import { ActionIcon, Tooltip } from '@mantine/core'
import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { maxQueryLength } from '../../../shared/model/page.ts'
import type { QueryField } from '../../../shared/model/query-fields.ts'
import type { Store } from '../../app/store.ts'
import { useStore } from '../../app/store.ts'
import { Icon } from '../Icon.tsx'
import { SuggestionList } from './SuggestionList.tsx'
import { remembered, suggestionsFor, type Suggestion } from './suggestions.ts'
import classes from './QueryBox.module.css'

interface QueryBoxProps {
  readonly label: string
  readonly placeholder: string
  readonly fields: readonly QueryField[]
  readonly history: Store<readonly string[]>
  readonly saved: Store<readonly string[]>
  /** The query in force; the box follows it. */
  readonly query: string
  readonly onSearch: (query: string) => void
}

/** The search line: completes fields and values, remembers what was searched, keeps what is worth it. */
export function QueryBox({ label, placeholder, fields, history, saved, query, onSearch }: QueryBoxProps) {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(query)
  const [caret, setCaret] = useState(query.length)
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const list = useId()
  const earlier = useStore(history)
  const kept = useStore(saved)
  const suggestions = isOpen ? suggestionsFor(text, caret, { fields, saved: kept, history: earlier }) : []
  const isKept = kept.includes(text.trim())

  const [followed, setFollowed] = useState(query)
  if (followed !== query) {
    setFollowed(query)
    setText(query)
  }

  const edit = (next: string, at: number) => {
    setText(next)
    setCaret(at)
    setActive(-1)
    setOpen(true)
  }
  const search = (wanted: string) => {
    setOpen(false)
    setActive(-1)
    history.set((now) => remembered(now, wanted))
    onSearch(wanted.trim())
  }
  const take = (suggestion: Suggestion) => {
    edit(suggestion.query, suggestion.caret)
    if (suggestion.isWhole) search(suggestion.query)
    // The caret can be set only once React has written the text.
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(suggestion.caret, suggestion.caret)
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = suggestions[active]
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      const step = event.key === 'ArrowDown' ? 1 : -1
      setActive((now) => Math.max(-1, Math.min(suggestions.length - 1, now + step)))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (chosen === undefined) search(text)
      else take(chosen)
    } else if (event.key === 'Tab' && chosen !== undefined) {
      event.preventDefault()
      take(chosen)
    } else if (event.key === 'Escape') {
      event.stopPropagation()
      if (isOpen) setOpen(false)
      else input.current?.blur()
    }
  }
  return (
    <div className={classes.box} role="search">
      <Icon name="search" />
      <input
        ref={input}
        className={classes.input}
        role="combobox"
        aria-label={label}
        aria-expanded={suggestions.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        placeholder={placeholder}
        maxLength={maxQueryLength}
        spellCheck={false}
        autoComplete="off"
        value={text}
        data-query-box
        onChange={(event) => edit(event.target.value, event.target.selectionStart ?? event.target.value.length)}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {text !== '' && (
        <>
          <Tooltip label={isKept ? 'Forget this search' : 'Save this search'}>
            <ActionIcon
              size={22}
              aria-label="Save this search"
              aria-pressed={isKept}
              className={classes.keep}
              onClick={() =>
                saved.set((now) => (isKept ? now.filter((one) => one !== text.trim()) : [...now, text.trim()]))
              }
            >
              <Icon name="star" size={14} />
            </ActionIcon>
          </Tooltip>
          <ActionIcon size={22} aria-label="Clear the search" onClick={() => search('')}>
            <Icon name="close" size={14} />
          </ActionIcon>
        </>
      )}
      <SuggestionList id={list} suggestions={suggestions} active={active} onTake={take} />
    </div>
  )
}
