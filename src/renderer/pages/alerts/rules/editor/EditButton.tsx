import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEngine } from '../../../../api/engine.ts'
import { wordsFor } from '../../../../components/error-words.ts'
import { Mark } from '../../../../components/Mark.tsx'
import { openEditor } from './editor-store.ts'

/** Opens a rule file as it lies in its folder, whether it can be used or not. */
export function EditButton({ file }: { file: string }) {
  const { client } = useEngine()
  const open = useMutation({
    mutationFn: () => client.rules.get({ file, which: 'newest' }),
    onSuccess: openEditor,
  })
  return (
    <>
      <Button loading={open.isPending} onClick={() => open.mutate()}>
        Edit…
      </Button>
      {open.error !== null && (
        <span role="alert">
          <Mark tone="critical">{wordsFor(open.error).message}</Mark>
        </span>
      )}
    </>
  )
}
