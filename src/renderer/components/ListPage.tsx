import { useState, type ReactNode } from 'react'
import type { ExportSpec } from '../../shared/contract/reports.ts'
import type { FetchPage } from '../api/keyset-list.ts'
import { useLiveList } from '../api/use-live-list.ts'
import type { GridLayout } from '../app/preferences.ts'
import { usePlace } from '../app/router.ts'
import type { Store } from '../app/store.ts'
import { ErrorNote } from './ErrorNote.tsx'
import { ExportButton } from './export/ExportButton.tsx'
import { ColumnMenu } from './grid/ColumnMenu.tsx'
import type { GridColumn } from './grid/columns.ts'
import { Grid } from './grid/Grid.tsx'
import { ListBar } from './ListBar.tsx'
import split from './Split.module.css'

export interface ListPageProps<Row> {
  readonly label: string
  /** What one row is called. */
  readonly one: string
  readonly source: ExportSpec['source']
  readonly columns: readonly GridColumn<Row>[]
  readonly layout: Store<GridLayout>
  readonly idOf: (row: Row) => string
  readonly search: string
  readonly fetchPage: FetchPage<Row>
  /** Changes when rows may have come or changed. */
  readonly pulse: number
  /** What to say when the pulse is ahead of rows that stand still; null where that is nothing to speak of. */
  readonly waiting: (behind: number) => string | null
  /** Stands in for the rows while there are none. */
  readonly empty: ReactNode
  /** The open row, beside the list. */
  readonly children: ReactNode
}

/** The rows of a search, in a grid that stands still while somebody reads, and the open one beside them. */
export function ListPage<Row>(props: ListPageProps<Row>) {
  const { columns, layout, idOf, search } = props
  const { row: openId } = usePlace()
  const [isAway, setAway] = useState(false)
  const [jumps, setJumps] = useState(0)
  const isHeld = isAway || openId !== null
  const { source, view, retry, refresh, behind, onPoint } = useLiveList(props.fetchPage, props.pulse, isHeld)

  // A grid that is made anew stands at its top.
  const toTop = () => {
    setJumps(jumps + 1)
    refresh()
  }

  return (
    <div className={split.split}>
      <div className={split.list}>
        <ListBar view={view} one={props.one} waiting={isHeld ? props.waiting(behind) : null} onShow={toTop}>
          <ColumnMenu columns={columns} layout={layout} />
          <ExportButton source={props.source} query={search} />
        </ListBar>
        {view.error !== null && <ErrorNote error={view.error} onRetry={retry} />}
        <Grid
          key={`${search} ${jumps}`}
          label={props.label}
          columns={columns}
          layout={layout}
          source={source}
          idOf={idOf}
          onScrolled={setAway}
          onPoint={onPoint}
          empty={view.error === null && props.empty}
        />
      </div>
      {props.children}
    </div>
  )
}
