import type { Session } from '../../../shared/model/session.ts'
import { sessionStatus } from '../../../shared/model/session.ts'
import { Age, Moment } from '../../components/Age.tsx'
import type { GridColumn } from '../../components/grid/columns.ts'
import { dash, originColumns } from '../../components/grid/origin-columns.tsx'
import { Mark } from '../../components/Mark.tsx'
import { statusTone } from '../../components/tones.ts'
import { formatNumber, shortId } from '../../text/format.ts'

export const sessionColumns: readonly GridColumn<Session>[] = [
  { id: 'state', title: 'State', width: 96, cell: (session) => <SessionState session={session} /> },
  { id: 'user', title: 'User', width: 168, pivot: ({ userId }) => userId, cell: ({ userId }) => userId ?? dash },
  { id: 'active', title: 'Last active', width: 112, cell: ({ lastActive }) => <Age at={lastActive} /> },
  ...originColumns,
  { id: 'calls', title: 'Calls', width: 72, align: 'end', cell: ({ apiCallCount }) => formatNumber(apiCallCount) },
  {
    id: 'expires',
    title: 'Expires',
    width: 104,
    cell: ({ expiresAt }) => (expiresAt === null ? dash : <Age at={expiresAt} />),
  },
  { id: 'profile', title: 'Store', width: 104, pivot: ({ profile }) => profile, cell: ({ profile }) => profile },
  {
    id: 'session',
    title: 'Session',
    width: 136,
    pivot: ({ sessionId }) => sessionId,
    cell: ({ sessionId }) => <span className="gh-mono">{shortId(sessionId)}</span>,
  },
  { id: 'first', title: 'First seen', width: 144, extra: true, cell: ({ firstSeen }) => <Moment at={firstSeen} /> },
  { id: 'last', title: 'Last changed', width: 144, extra: true, cell: ({ lastSeen }) => <Moment at={lastSeen} /> },
  { id: 'ended', title: 'Ended', width: 144, extra: true, cell: ({ endedAt }) => <Moment at={endedAt} /> },
]

export function SessionState({ session }: { session: Session }) {
  const status = sessionStatus(session, Date.now())
  const word = status === 'ended' ? (session.endReason ?? 'ended') : status
  return <Mark tone={session.endReason === 'revoked' ? 'critical' : statusTone[status]}>{word}</Mark>
}
