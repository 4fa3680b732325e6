import { Button, Modal, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { ExportSpec } from '../../../shared/contract/reports.ts'
import { useEngine } from '../../api/engine.ts'
import { useLive } from '../../api/live.ts'
import { dialogs, openExport } from '../../app/dialogs.ts'
import { useStore } from '../../app/store.ts'
import { formatBytes, formatNumber } from '../../text/format.ts'
import { ErrorNote } from '../ErrorNote.tsx'
import { Icon } from '../Icon.tsx'
import { Mark } from '../Mark.tsx'
import { exporting, startExport } from './export-run.ts'
import classes from './Export.module.css'

interface ExportButtonProps {
  readonly source: ExportSpec['source']
  readonly query: string
}

/** Writes what the search finds into a file: all of it, not only the rows that were scrolled to. */
export function ExportButton({ source, query }: ExportButtonProps) {
  const engine = useEngine()
  const isOpen = useStore(dialogs) === 'export'
  const [format, setFormat] = useState<ExportSpec['format']>('csv')
  const run = useStore(exporting)
  const isRunning = run?.state === 'running'
  const isOffline = useLive(({ status }) => status !== null && status.postgres.status !== 'connected')
  return (
    <>
      <Button leftSection={<Icon name="export" />} onClick={openExport}>
        Export
      </Button>
      <Modal opened={isOpen} onClose={() => dialogs.set(null)} title={`Export ${source}`} size={480}>
        <p className={classes.what}>{query === '' ? `All ${source}` : <code>{query}</code>}</p>
        <SegmentedControl
          aria-label="Format"
          value={format}
          disabled={isRunning}
          data={[
            { value: 'csv', label: 'CSV' },
            { value: 'jsonl', label: 'JSON Lines' },
          ]}
          onChange={(next) => setFormat(next === 'jsonl' ? 'jsonl' : 'csv')}
        />
        <p className="gh-muted">
          {format === 'csv'
            ? 'For spreadsheets: cells that would run as a formula are made harmless.'
            : 'One JSON object a line, for programs.'}
        </p>
        {isOffline && (
          <Mark tone="warning">PostgreSQL is away: the file will hold what the cache of this computer has.</Mark>
        )}
        <div role="status" className={classes.progress}>
          {run?.state === 'running' && <Mark tone="busy">{formatNumber(run.rows)} rows written</Mark>}
          {run?.state === 'saved' && (
            <>
              <Mark tone="ok">
                {run.file.name}: {formatNumber(run.file.rows)} rows, {formatBytes(run.file.bytes)}
              </Mark>
              <span className={classes.hash}>SHA-256 {run.file.sha256}</span>
            </>
          )}
          {run?.state === 'cancelled' && <Mark tone="none">Cancelled; nothing was kept.</Mark>}
        </div>
        {run?.state === 'failed' && <ErrorNote error={run.error} />}
        <div className={classes.buttons}>
          {run?.state === 'running' && <Button onClick={run.cancel}>Cancel the export</Button>}
          <Button
            variant="filled"
            color="accent"
            disabled={isRunning}
            onClick={() => void startExport(engine, { source, query, format }, openExport)}
          >
            Export
          </Button>
        </div>
      </Modal>
    </>
  )
}
