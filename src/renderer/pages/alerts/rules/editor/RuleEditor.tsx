import { Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useId, useRef } from 'react'
import { RuleFileName } from '../../../../../shared/model/rule.ts'
import { useEngine } from '../../../../api/engine.ts'
import { useStore } from '../../../../app/store.ts'
import { ActButton } from '../../../../components/ActButton.tsx'
import { ErrorNote } from '../../../../components/ErrorNote.tsx'
import { Mark } from '../../../../components/Mark.tsx'
import { askBacktest } from '../backtest/backtest-store.ts'
import { Checked } from './Checked.tsx'
import { CodeArea, goToLine } from './CodeArea.tsx'
import { closeEditor, edit, editing, hideEditor, type Editing } from './editor-store.ts'
import { SaveRule } from './SaveRule.tsx'
import classes from './Editor.module.css'

/** The engine is asked once nothing was typed for so long. */
const restMs = 300

/** The text of a rule file: checked as it is typed, tried over the past, and saved when somebody says so. */
export function RuleEditor() {
  const draft = useStore(editing)
  return (
    <Modal
      opened={draft?.isOpen === true}
      onClose={closeEditor}
      title={draft?.replaces === null ? 'A new rule file' : `Edit ${draft?.file ?? ''}`}
      size={1160}
    >
      {draft !== null && <Editor draft={draft} />}
    </Modal>
  )
}

function Editor({ draft }: { draft: Editing }) {
  const { file, text, replaces, wanted } = draft
  const area = useRef<HTMLTextAreaElement>(null)
  const said = useId()
  const [settledFile] = useDebouncedValue(file, restMs)
  const [settledText] = useDebouncedValue(text, restMs)
  const isSettled = settledFile === file && settledText === text
  const isNamed = RuleFileName.safeParse(file).success
  const { data, error, isFetching, isPlaceholderData } = useQuery(
    useEngine().queries.rules.check.queryOptions({
      input: { file: settledFile, text: settledText },
      enabled: isNamed && isSettled,
      gcTime: 0,
      retry: false,
      placeholderData: (before) => before,
    }),
  )
  const isStale = !isSettled || isFetching || isPlaceholderData
  const check = isStale || error !== null ? null : (data ?? null)
  const problem = !isNamed
    ? 'The file needs a name of letters, digits, spaces and ._- that ends in .yml.'
    : error !== null
      ? 'The text cannot be checked.'
      : check === null
        ? 'It is being checked.'
        : check.fault === null
          ? null
          : 'Correct it first: it would be refused.'
  const raising = check?.rules.filter(({ alerts }) => alerts) ?? []
  const tryOut = () => {
    hideEditor()
    askBacktest({
      title: `Back-test of the text of ${file}`,
      rules: raising,
      all: 'all of the file',
      draft: { file, text },
    })
  }
  return (
    <>
      {wanted !== null && (
        <p className={classes.line}>
          <Mark tone="warning">This text is not saved. Save it or throw it away, then open {wanted}.</Mark>
        </p>
      )}
      {replaces === null && (
        <TextInput
          label="Name of the file"
          className={classes.name}
          classNames={{ input: 'gh-mono' }}
          maxLength={200}
          spellCheck={false}
          error={isNamed ? null : 'Letters, digits, spaces and ._-, and .yml at the end'}
          value={file}
          onChange={(event) => edit({ file: event.currentTarget.value })}
        />
      )}
      <div className={classes.sides}>
        <CodeArea
          label={`Text of ${file}`}
          text={text}
          onChange={(next) => edit({ text: next })}
          faultLine={check?.fault?.file === file ? check.fault.line : null}
          describedBy={said}
          area={area}
        />
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must be able to get there */}
        <div className={classes.checked} tabIndex={0} role="region" aria-label="What would come of it">
          <div id={said} role="status" aria-busy={isStale}>
            {error !== null && <ErrorNote error={error} />}
            {error === null && data !== undefined && (
              <Checked file={file} check={data} onGo={(line) => goToLine(area.current, line)} />
            )}
          </div>
        </div>
      </div>
      <SaveRule
        draft={draft}
        problem={problem}
        failedTests={check?.tests.filter(({ passed }) => !passed).length ?? 0}
        tryOut={
          <ActButton
            blocked={problem ?? (raising.length === 0 ? 'No rule of the file raises alerts by itself.' : null)}
            onClick={tryOut}
          >
            Back-test this text…
          </ActButton>
        }
      />
    </>
  )
}
