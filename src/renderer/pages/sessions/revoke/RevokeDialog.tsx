import { Modal } from '@mantine/core'
import { useStore } from '../../../app/store.ts'
import { PlanStep } from './PlanStep.tsx'
import { revoking, type RevokeState } from './revoke-store.ts'
import { RunStep } from './RunStep.tsx'

function titleOf(current: RevokeState | null): string {
  if (current === null) return 'Revoke'
  const { kind } = current.step === 'plan' ? current.target : current.plan.target
  return kind === 'user' ? 'Revoke all sessions of a user' : 'Revoke a session'
}

/** First the plan, then the reason and the number, then each session's outcome. */
export function RevokeDialog() {
  const { isOpen, current } = useStore(revoking.view)
  return (
    <Modal opened={isOpen} onClose={revoking.close} title={titleOf(current)} size={680} closeOnClickOutside={false}>
      {current?.step === 'plan' && <PlanStep target={current.target} />}
      {current?.step === 'run' && <RunStep run={current} />}
    </Modal>
  )
}
