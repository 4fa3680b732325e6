import { useEffect, useMemo, useRef } from 'react'
import type { Alert } from '../../../../shared/model/alert.ts'
import { usePageKeys } from '../../../app/page-keys.ts'
import { useTriage, type OnTriaged } from './use-triage.ts'

/** The keys of triage. `inHand` says which alerts they are about. */
export function useTriageKeys(inHand: () => readonly Alert[], onDone: OnTriaged): void {
  const triage = useTriage(onDone)
  const now = useRef({ triage, inHand })
  useEffect(() => {
    now.current = { triage, inHand }
  })
  const keys = useMemo(
    () => ({
      a: () => now.current.triage.acknowledge(now.current.inHand()),
      o: () => now.current.triage.take(now.current.inHand()),
      c: () => now.current.triage.ask('close', now.current.inHand()),
      r: () => now.current.triage.ask('reopen', now.current.inHand()),
      s: () => now.current.triage.suppress(now.current.inHand()),
    }),
    [],
  )
  usePageKeys(keys)
}
