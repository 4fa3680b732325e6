import { setTimeout as sleep } from 'node:timers/promises'
import { Notification } from 'electron'
import { messageOf } from '../../shared/errors.ts'
import type { DesktopNotice } from '../../shared/model/notification.ts'
import type { EngineHandle } from '../engine/spawn.ts'
import type { Logger } from '../log.ts'

/** The engine was restarted, or does not tell desktops anything: asked again after this. */
const retryMs = 10_000

/**
 * Shows what the engine has for the desktop, until the signal aborts. Which alerts, how many at a time and in which words is
 * the engine's to say.
 * @param openAlert what a click on one that speaks of an alert does
 */
export async function showNotices(
  engine: EngineHandle,
  openAlert: (alertId: string) => void,
  { signal, log }: { signal: AbortSignal; log: Logger },
): Promise<void> {
  if (!Notification.isSupported()) {
    log.info('this system shows no notifications: alerts are on the screen alone')
    return
  }
  const client = engine.client('desktop notices')
  while (!signal.aborted) {
    try {
      for await (const notice of await client.notifications.desktop(undefined, { signal })) show(notice, openAlert)
    } catch (error) {
      if (!signal.aborted) log.debug({ reason: messageOf(error) }, 'no notices come from the engine')
    }
    await sleep(retryMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Kept while they are shown: a notification that is collected loses its click. */
const shown = new Set<Notification>()

function show({ title, body, severity, alertId }: DesktopNotice, openAlert: (alertId: string) => void): void {
  const notification = new Notification({ title, body, silent: severity !== 'critical' && severity !== 'high' })
  shown.add(notification)
  notification.on('close', () => shown.delete(notification))
  notification.on('click', () => {
    shown.delete(notification)
    if (alertId !== null) openAlert(alertId)
  })
  notification.show()
}
