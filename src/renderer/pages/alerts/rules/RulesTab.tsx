import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useEngine } from '../../../api/engine.ts'
import { preferences } from '../../../app/preferences.ts'
import { usePlace } from '../../../app/router.ts'
import { EmptyNote } from '../../../components/EmptyNote.tsx'
import { ErrorNote } from '../../../components/ErrorNote.tsx'
import { ColumnMenu } from '../../../components/grid/ColumnMenu.tsx'
import { Grid, type RowSource } from '../../../components/grid/Grid.tsx'
import { Mark } from '../../../components/Mark.tsx'
import { formatCount } from '../../../text/format.ts'
import { askBacktest } from './backtest/backtest-store.ts'
import { BacktestDialog } from './backtest/BacktestDialog.tsx'
import { openNewRule } from './editor/editor-store.ts'
import { EditorNotes } from './editor/EditorNotes.tsx'
import { RuleEditor } from './editor/RuleEditor.tsx'
import { askProof } from './proof/proof-store.ts'
import { ProofDialog } from './proof/ProofDialog.tsx'
import { ReferenceFiles } from './ReferenceFiles.tsx'
import { ruleColumns } from './rule-columns.tsx'
import { rowsOf, type RuleRow } from './rule-rows.ts'
import { RuleDrawer } from './RuleDrawer.tsx'
import bar from '../../../components/ListBar.module.css'
import split from '../../../components/Split.module.css'

const idOf = ({ id }: RuleRow) => id
/** Rule files are edited beside the screen; their tests end a moment later. */
const lookMs = 10_000
const testingMs = 1_000

/** The rules that watch, the files that were refused, and what events are looked up in. */
export function RulesTab() {
  const { queries } = useEngine()
  const { row: openId } = usePlace()
  const { data, error, refetch } = useQuery(
    queries.rules.list.queryOptions({
      refetchInterval: ({ state }) => (state.data?.files.some(({ tests }) => tests === null) ? testingMs : lookMs),
    }),
  )
  const tallies = useQuery(queries.alerts.tally.queryOptions()).data
  const rows = useMemo(() => (data === undefined ? [] : rowsOf(data, tallies ?? [])), [data, tallies])
  const source = useMemo<RowSource<RuleRow>>(
    () => ({ count: rows.length, total: rows.length, rowAt: (index) => rows[index], want: () => undefined }),
    [rows],
  )
  const raising = data?.rules.filter(({ alerts }) => alerts) ?? []
  const open = rows.find(({ id }) => id === openId)
  return (
    <>
      <div className={split.split}>
        <div className={split.list}>
          <div className={bar.bar}>
            <span role="status">{data === undefined ? '' : formatCount(data.rules.length, 'rule')}</span>
            {data?.watching === false && (
              <Mark tone="warning">This engine does not watch: its settings have the watcher off.</Mark>
            )}
            {data !== undefined && data.refused.length > 0 && (
              <Mark tone="critical">{formatCount(data.refused.length, 'file')} refused</Mark>
            )}
            <span className={bar.space} />
            <EditorNotes />
            <Button onClick={openNewRule}>New rule…</Button>
            <Button onClick={() => askProof(null)}>Verify a proof…</Button>
            <Button
              disabled={data === undefined}
              onClick={() => askBacktest({ title: 'Back-test', rules: raising, all: 'every rule', draft: null })}
            >
              Back-test…
            </Button>
            <ColumnMenu columns={ruleColumns} layout={preferences.ruleColumns} />
          </div>
          {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
          <Grid
            label="Rules"
            columns={ruleColumns}
            layout={preferences.ruleColumns}
            source={source}
            idOf={idOf}
            empty={
              error === null &&
              (data === undefined ? (
                <EmptyNote title="Reading the rules" />
              ) : (
                <EmptyNote title="No rule is loaded">
                  Nothing is watched. Those that are shipped lie in resources/rules; watch.rulesDir names a folder of
                  your own, or write a new one here.
                </EmptyNote>
              ))
            }
          />
          <ReferenceFiles />
        </div>
        {open !== undefined && <RuleDrawer key={open.id} row={open} />}
      </div>
      <RuleEditor />
      <BacktestDialog />
      <ProofDialog />
    </>
  )
}
