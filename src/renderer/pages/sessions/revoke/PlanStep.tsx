import { Button, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { RevocationTarget } from '../../../../shared/model/revocation.ts'
import { useEngine } from '../../../api/engine.ts'
import { ErrorNote } from '../../../components/ErrorNote.tsx'
import { ConfirmForm } from './ConfirmForm.tsx'
import { PlanFacts } from './PlanFacts.tsx'
import { revoking } from './revoke-store.ts'
import classes from './Revoke.module.css'

/** What would happen: the set is frozen by asking, and nothing is done. */
export function PlanStep({ target }: { target: RevocationTarget }) {
  const { queries } = useEngine()
  const plan = useQuery({
    ...queries.revocations.plan.queryOptions({ input: { target } }),
    // A plan is good for its own set and its own while: neither kept nor asked for behind the reader's back.
    gcTime: 0,
    staleTime: Infinity,
  })
  if (plan.error !== null) return <ErrorNote error={plan.error} onRetry={() => void plan.refetch()} />
  if (plan.data === undefined || plan.isFetching) {
    return (
      <p className={classes.wait} role="status">
        <Loader size={14} color="accent" /> Looking which sessions these are
      </p>
    )
  }
  if (plan.data.count === 0) {
    return (
      <>
        <p>There is nothing to revoke: no live session is left of it.</p>
        <div className={classes.buttons}>
          <Button onClick={revoking.close}>Close</Button>
        </div>
      </>
    )
  }
  return (
    <>
      <PlanFacts plan={plan.data} />
      <ConfirmForm plan={plan.data} onNewPlan={() => void plan.refetch()} />
    </>
  )
}
