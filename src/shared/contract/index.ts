import type { ContractRouterClient } from '@orpc/contract'
import { alerts } from './alerts.ts'
import { events } from './events.ts'
import { monitoring } from './monitoring.ts'
import { notifications } from './notifications.ts'
import { queues } from './queues.ts'
import { reports } from './reports.ts'
import { revocations } from './revocations.ts'
import { rules } from './rules.ts'
import { sessions } from './sessions.ts'
import { suppressions } from './suppressions.ts'
import { system } from './system.ts'

/** The whole API as data: served alike over worker port, Electron port and WebSocket. */
export const contract = {
  system,
  sessions,
  events,
  alerts,
  rules,
  suppressions,
  notifications,
  queues,
  revocations,
  reports,
  monitoring,
}

export type EngineClient = ContractRouterClient<typeof contract>
