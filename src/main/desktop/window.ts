import path from 'node:path'
import { app, BrowserWindow, session, type WebPreferences } from 'electron'
import type { Logger } from '../log.ts'
import { appOrigin } from './answer.ts'
import { askToOpen } from './links.ts'

/** Most of these are Electron's defaults. They are said here so that a changed default changes nothing. */
const webPreferences: WebPreferences = {
  sandbox: true,
  contextIsolation: true,
  webSecurity: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  navigateOnDragDrop: false,
  spellcheck: false,
}

/** The built preload script, beside out/main. */
const preload = () => path.join(import.meta.dirname, '..', 'preload', 'index.cjs')

/** Background of the dark theme: no white flash before the page is drawn. */
const backgroundColor = '#0E1116'

/**
 * Opens a window on the screen. A page that does not load is logged: the window then stays empty, and can be closed.
 * @param place where on the screen, as its addresses have it after the #
 */
export function openWindow(log: Logger, place = ''): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 960,
    minHeight: 600,
    title: 'Gatehouse',
    backgroundColor,
    show: false,
    webPreferences: { ...webPreferences, preload: preload() },
  })
  window.once('ready-to-show', () => window.show())
  load(window, place, log)
  return window
}

function load(window: BrowserWindow, place: string, log: Logger): void {
  const url = `${appOrigin}/${place === '' ? '' : `#${place}`}`
  window.loadURL(url).catch((err: unknown) => log.warn({ err }, 'a window did not load its page'))
}

/** Shows an alert in the window that was used last, or in one of its own. */
export function showAlert(alertId: string, log: Logger): void {
  const place = `/alerts?row=${encodeURIComponent(alertId)}`
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0]
  if (window === undefined) {
    openWindow(log, place)
    return
  }
  load(window, place, log)
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** For every page that will ever be made, ours or not: no rights, no way out. Call once Electron is ready. */
export function confinePages(): void {
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
  defaultSession.setPermissionCheckHandler(() => false)
  defaultSession.setDevicePermissionHandler(() => false)

  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      void askToOpen(url)
      return { action: 'deny' }
    })
    contents.on('will-frame-navigate', (details) => {
      if (!details.isMainFrame || !details.url.startsWith(`${appOrigin}/`)) details.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
}
