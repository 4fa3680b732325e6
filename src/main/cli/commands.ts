import { alerts } from './alerts.ts'
import type { Command } from './command.ts'
import { exportRows } from './export.ts'
import { queues } from './queues.ts'
import { revoke } from './revoke.ts'
import { search } from './search.ts'
import { stores } from './stores.ts'
import { sync } from './sync.ts'

/** The commands that run on an engine of their own. `serve`, which keeps one running, is src/main/headless.ts. */
export const commands: Readonly<Record<string, Command>> = {
  sync,
  search,
  queues,
  stores,
  alerts,
  revoke,
  export: exportRows,
}
