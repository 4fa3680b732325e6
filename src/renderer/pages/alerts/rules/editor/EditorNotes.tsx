import { Button } from '@mantine/core'
import { useStore } from '../../../../app/store.ts'
import { Mark } from '../../../../components/Mark.tsx'
import { editing, reopenEditor, savedAs } from './editor-store.ts'

/** Where the last text was saved, and the way back to one that is not. */
export function EditorNotes() {
  const draft = useStore(editing)
  const saved = useStore(savedAs)
  return (
    <>
      <span role="status">{saved !== null && <Mark tone="ok">In use, and saved as {saved}</Mark>}</span>
      {draft !== null && !draft.isOpen && <Button onClick={reopenEditor}>Go on with {draft.file}…</Button>}
    </>
  )
}
