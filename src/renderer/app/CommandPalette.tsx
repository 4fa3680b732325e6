import { Modal } from '@mantine/core'
import { useId, useState, type KeyboardEvent } from 'react'
import { useLiveFeed } from '../api/live.ts'
import { commandsFor, matching, type Command } from './commands.ts'
import { dialogs } from './dialogs.ts'
import { useStore } from './store.ts'
import classes from './Dialogs.module.css'

/** Ctrl+K: type a few letters of what you want. */
export function CommandPalette() {
  const isOpen = useStore(dialogs) === 'commands'
  return (
    <Modal
      opened={isOpen}
      onClose={() => dialogs.set(null)}
      withCloseButton={false}
      centered={false}
      padding={0}
      size={520}
      yOffset={72}
      title="Commands"
      classNames={{ header: classes.hidden }}
    >
      {isOpen && <Palette />}
    </Modal>
  )
}

function Palette() {
  const feed = useLiveFeed()
  const list = useId()
  const [typed, setTyped] = useState('')
  const [active, setActive] = useState(0)
  const found = matching(commandsFor(feed), typed)

  const run = (command: Command | undefined) => {
    if (command === undefined) return
    dialogs.set(null)
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') run(found[active])
    else if (event.key === 'ArrowDown') setActive((now) => Math.min(found.length - 1, now + 1))
    else if (event.key === 'ArrowUp') setActive((now) => Math.max(0, now - 1))
    else return
    event.preventDefault()
  }
  return (
    <>
      <input
        className={classes.paletteInput}
        role="combobox"
        aria-label="Command"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={found.length > 0 ? `${list}-${active}` : undefined}
        placeholder="What do you want to do?"
        value={typed}
        data-autofocus
        onChange={(event) => {
          setTyped(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={list} role="listbox" aria-label="Commands" className={classes.paletteList}>
        {found.map((command, at) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the box keeps the focus and takes the keys
          <div
            key={command.title}
            id={`${list}-${at}`}
            ref={(element) => {
              if (at === active) element?.scrollIntoView({ block: 'nearest' })
            }}
            role="option"
            aria-selected={at === active}
            className={classes.command}
            onClick={() => run(command)}
          >
            <span>{command.title}</span>
            <span className={classes.keys}>{command.keys}</span>
          </div>
        ))}
        {found.length === 0 && <div className={classes.none}>No command has these words.</div>}
      </div>
    </>
  )
}
