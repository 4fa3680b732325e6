import path from 'node:path'
import { parseArgs } from 'node:util'
import { app, BrowserWindow, dialog, safeStorage } from 'electron'
import { messageOf } from '../../shared/errors.ts'
import { loadConfig, spawnWorkspace, type EngineHandle } from '../engine/spawn.ts'
import { createLogger, type Logger } from '../log.ts'
import { builtScreenDir, loadScreen } from '../screen-files.ts'
import { saveExports } from './exports.ts'
import { installMenu } from './menu.ts'
import { showNotices } from './notices.ts'
import { handOverPorts } from './port.ts'
import { registerAppScheme, serveScreen } from './protocol.ts'
import { openSecretKey } from './secret-key.ts'
import { confinePages, openWindow, showAlert } from './window.ts'

/** Runs the desktop program, until its last window is closed (on macOS: until it is told to quit). */
export function runDesktop(): void {
  const home = chooseHome()
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  registerAppScheme()
  app
    .whenReady()
    .then(() => start(home))
    .catch((error: unknown) => {
      dialog.showErrorBox('Gatehouse did not start', messageOf(error))
      app.exit(1)
    })
}

/** GATEHOUSE_HOME, or the folder that the system gives programs for their data. Chromium's own files lie below it. */
function chooseHome(): string {
  const chosen = process.env['GATEHOUSE_HOME']
  if (chosen) app.setPath('userData', path.resolve(chosen))
  const home = app.getPath('userData')
  app.setPath('sessionData', path.join(home, 'browser'))
  return home
}

async function start(home: string): Promise<void> {
  const secret = await openSecretKey(safeStorage, home)
  const loaded = loadConfig({ flags: settingsOf(process.argv), env: process.env, home, secretKey: secret.key })
  const { config } = loaded
  const log = createLogger('desktop', config.log.level)
  let engine: EngineHandle | null = null

  confinePages()
  serveScreen(await loadScreen(builtScreenDir()))
  handOverPorts(() => engine)
  saveExports(config.home)
  const openAnother = () => void openWindow(log)
  installMenu(openAnother)
  openAnother()
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openAnother()
  })
  app.on('second-instance', openAnother)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })

  // The window is there already: it says that it is connecting, while a first start may make a database.
  if (secret.reason !== null) log.warn(secret.reason)
  const sample = process.argv.includes('--sample')
  const starting = spawnWorkspace({ loaded, secretKey: secret.key, sample, log })
  stopBeforeQuit(starting, log)
  engine = await starting
  const quitting = new AbortController()
  app.on('will-quit', () => quitting.abort())
  void showNotices(engine, (alertId) => showAlert(alertId, log), { signal: quitting.signal, log })
}

/** Quitting waits until the engine has let go of its stores: what it holds would stay claimed until a lease ends. */
function stopBeforeQuit(starting: Promise<EngineHandle>, log: Logger): void {
  let state: 'running' | 'stopping' | 'stopped' = 'running'
  app.on('will-quit', (event) => {
    if (state === 'stopped') return
    event.preventDefault()
    if (state === 'stopping') return
    state = 'stopping'
    starting
      .then((engine) => engine.stop())
      .catch((err: unknown) => log.error({ err }, 'the engine did not stop cleanly'))
      .finally(() => {
        state = 'stopped'
        app.quit()
      })
  })
}

/** Settings of the command line, `--redis-url URL` or `--redis-url=URL`; the rest of it is for Electron and Chromium. */
function settingsOf(argv: readonly string[]): Record<string, string> {
  const options = { 'redis-url': { type: 'string' }, 'postgres-url': { type: 'string' } } as const
  const { values } = parseArgs({ args: argv.slice(1), options, strict: false })
  return Object.fromEntries(
    Object.keys(options).flatMap((name) => (typeof values[name] === 'string' ? [[name, values[name]]] : [])),
  )
}
