import type { CDPSession } from 'playwright-core'
import { strict } from './strict.ts'

type CheckHandler = (contents: unknown, permission: string, origin: string, details: object) => boolean
type RequestHandler = (
  contents: unknown,
  permission: string,
  decide: (granted: boolean) => void,
  details: object,
) => void

/** Permissions by Electron's name, with the name that the debugging protocol has for them. */
const permissions: readonly [electron: string, chromium: string][] = [
  ['notifications', 'notifications'],
  ['geolocation', 'geolocation'],
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-sanitized-write', 'clipboard-write'],
  ['media', 'camera'],
  ['media', 'microphone'],
  ['midi', 'midi'],
  ['idle-detection', 'idle-detection'],
]

/** Without a handler Electron grants everything; the harness does too, so that a missing handler shows. */
let checkHandler: CheckHandler = () => true
let requestHandler: RequestHandler = (_contents, _permission, decide) => decide(true)

const defaultSession = strict('session', {
  setPermissionCheckHandler(handler: CheckHandler): void {
    checkHandler = handler
  },
  setPermissionRequestHandler(handler: RequestHandler): void {
    requestHandler = handler
  },
  // No device reaches a page here, whatever the handler says.
  setDevicePermissionHandler: () => undefined,
})

export const session = strict('session', { defaultSession })

/** Asks the program's handlers once, and makes Chromium answer its pages the same. */
export async function applyPermissions(cdp: CDPSession, contents: unknown, origin: string): Promise<void> {
  const { targetInfo } = await cdp.send('Target.getTargetInfo')
  for (const [permission, name] of permissions) {
    const allowed = checkHandler(contents, permission, origin, {}) && (await asked(contents, permission))
    await cdp.send('Browser.setPermission', {
      permission: { name },
      setting: allowed ? 'granted' : 'denied',
      ...(targetInfo.browserContextId !== undefined && { browserContextId: targetInfo.browserContextId }),
    })
  }
}

const asked = (contents: unknown, permission: string) =>
  new Promise<boolean>((resolve) => requestHandler(contents, permission, resolve, {}))
