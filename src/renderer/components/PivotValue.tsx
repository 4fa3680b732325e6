import { Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import { pageAt } from '../app/place.ts'
import { goTo, moveTo, usePlace } from '../app/router.ts'
import { addTerm, excludeTerm } from '../query/terms.ts'
import { copyText } from '../text/clipboard.ts'
import { Icon } from './Icon.tsx'
import classes from './PivotValue.module.css'

interface PivotValueProps {
  /** Field of the query language that selects this value. */
  readonly field: string
  readonly value: string
  readonly children?: ReactNode
  readonly mono?: boolean
}

/** Fields that both sessions and events have: the way from one to the other. */
const sharedFields: ReadonlySet<string> = new Set(['user', 'ip', 'country', 'session', 'agent'])

/** A value that leads on: narrow the search to it, exclude it, go to what else has it, copy it. */
export function PivotValue({ field, value, children, mono }: PivotValueProps) {
  const { page, query } = usePlace()
  const isSearch = page === 'sessions' || page === 'events'
  return (
    <Menu>
      <Menu.Target>
        <button type="button" className={classes.value} data-mono={mono || undefined} title={value}>
          {children ?? value}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {isSearch && (
          <>
            <Menu.Item
              leftSection={<Icon name="include" />}
              onClick={() => moveTo({ query: addTerm(query, field, value) })}
            >
              Add to the search
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name="exclude" />}
              onClick={() => moveTo({ query: excludeTerm(query, field, value) })}
            >
              Exclude from the search
            </Menu.Item>
          </>
        )}
        {sharedFields.has(field) && (
          <>
            <Menu.Item
              leftSection={<Icon name="sessions" />}
              onClick={() => goTo(pageAt('sessions', { query: addTerm('', field, value) }))}
            >
              Sessions with it
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name="events" />}
              onClick={() => goTo(pageAt('events', { query: addTerm('', field, value) }))}
            >
              Events with it
            </Menu.Item>
          </>
        )}
        <Menu.Item leftSection={<Icon name="copy" />} onClick={() => void copyText(value)}>
          Copy
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
