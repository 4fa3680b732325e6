import { shortAgent } from '../../text/agent.ts'
import type { GridColumn } from './columns.ts'

/** Stands for what a row does not have. */
export const dash = <span className="gh-muted">–</span>

export const mono = (value: string | null) => (value === null ? dash : <span className="gh-mono">{value}</span>)

/** From where something was done. */
interface Origin {
  readonly ipAddress: string | null
  readonly country: string | null
  readonly userAgent: string | null
}

export const originColumns: readonly GridColumn<Origin>[] = [
  {
    id: 'ip',
    title: 'Address',
    width: 132,
    pivot: ({ ipAddress }) => ipAddress,
    cell: ({ ipAddress }) => mono(ipAddress),
  },
  {
    id: 'country',
    title: 'Country',
    width: 72,
    pivot: ({ country }) => country,
    cell: ({ country }) => country ?? dash,
  },
  {
    id: 'agent',
    title: 'Agent',
    width: 168,
    pivot: ({ userAgent }) => userAgent,
    cell: ({ userAgent }) => (userAgent === null ? dash : <span title={userAgent}>{shortAgent(userAgent)}</span>),
  },
]
