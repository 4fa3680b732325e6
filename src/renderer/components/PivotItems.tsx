import { Menu } from '@mantine/core'
import { pageAt } from '../app/place.ts'
import { goTo, moveTo, usePlace } from '../app/router.ts'
import { addTerm, excludeTerm } from '../query/terms.ts'
import { copyText } from '../text/clipboard.ts'
import { Icon } from './Icon.tsx'

/** A value, and the field of the query language that selects it. */
export interface Pivot {
  readonly field: string
  readonly value: string
}

/** Fields that both sessions and events have: the way from one to the other. */
const sharedFields: ReadonlySet<string> = new Set(['user', 'ip', 'country', 'session', 'agent'])

/** Where a value leads: narrow the search to it, exclude it, go to what else has it, copy it. */
export function PivotItems({ field, value }: Pivot) {
  const { page, query } = usePlace()
  const isSearch = page === 'sessions' || page === 'events'
  return (
    <>
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
    </>
  )
}
