import { alerts } from './alerts.ts'
import { backtest } from './backtest.ts'
import type { AnyCommand } from './command.ts'
import { exportRows } from './export.ts'
import { queues } from './queues.ts'
import { revoke } from './revoke.ts'
import { rules } from './rules.ts'
import { search } from './search.ts'
import { stores } from './stores.ts'
import { sync } from './sync.ts'

/** The commands, most of which run on an engine of their own. `serve`, which keeps one running, is src/main/headless.ts. */
export const commands: Readonly<Record<string, AnyCommand>> = {
  sync,
  search,
  queues,
  stores,
  alerts,
  rules,
  backtest,
  revoke,
  export: exportRows,
}
