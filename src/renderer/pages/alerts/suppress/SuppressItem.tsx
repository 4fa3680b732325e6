import { Menu } from '@mantine/core'
import type { SuppressionDraft } from '../../../../shared/model/suppression.ts'
import { useActGate } from '../../../api/act-gate.ts'
import { Icon } from '../../../components/Icon.tsx'
import { suppressing } from './suppress-store.ts'

/** The way from a value to a suppression of it; nothing where suppressions do not go by such values. */
export function SuppressItem({ draft }: { draft: SuppressionDraft | null }) {
  const gate = useActGate('postgres')
  if (draft === null) return null
  return (
    <Menu.Item
      leftSection={<Icon name="exclude" />}
      disabled={gate !== null}
      {...(gate !== null && { title: gate })}
      onClick={() => suppressing.set(draft)}
    >
      Suppress…
    </Menu.Item>
  )
}
