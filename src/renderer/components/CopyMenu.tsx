import { Button, Menu } from '@mantine/core'
import { useState } from 'react'
import { copyText } from '../text/clipboard.ts'
import { toCsv } from '../text/csv.ts'
import { Icon } from './Icon.tsx'

interface CopyMenuProps {
  readonly row: Readonly<Record<string, unknown>>
  /** The query that finds this row. */
  readonly query: string
}

/** Copies a row for where it is needed next: a ticket, a sheet, a search. */
export function CopyMenu({ row, query }: CopyMenuProps) {
  const [said, setSaid] = useState<string | null>(null)
  const copy = async (text: string) => {
    setSaid((await copyText(text)) ? 'Copied' : 'The browser refused to copy')
    setTimeout(() => setSaid(null), 2000)
  }
  return (
    <Menu>
      <Menu.Target>
        <Button leftSection={<Icon name="copy" />}>{said ?? 'Copy'}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void copy(JSON.stringify(row, null, 2))}>as JSON</Menu.Item>
        <Menu.Item onClick={() => void copy(toCsv([row]))}>as CSV</Menu.Item>
        <Menu.Item onClick={() => void copy(query)}>as query</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
