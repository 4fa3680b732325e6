import { protocol } from 'electron'
import type { Screen } from '../screen-files.ts'
import { answer, scheme } from './answer.ts'

/** Gives app:// the rights of a secure web origin; Electron takes it only before it is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built screen under app://gatehouse/, and nothing else. */
export function serveScreen(screen: Screen): void {
  protocol.handle(scheme, (request) => answer(request, screen))
}
