import path from 'node:path'
import { app, BrowserWindow, dialog, safeStorage } from 'electron'
import { messageOf } from '../../shared/errors.ts'
import { loadConfig, spawnWorkspace, type EngineHandle } from '../engine/spawn.ts'
import { createLogger, type Logger } from '../log.ts'
import { builtScreenDir, loadScreen } from '../screen-files.ts'
import { saveExports } from './exports.ts'
import { installMenu } from './menu.ts'
import { handOverPorts } from './port.ts'
import { registerAppScheme, serveScreen } from './protocol.ts'
import { openSecretKey } from './secret-key.ts'
import { confinePages, openWindow } from './window.ts'

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
  const config = await loadConfig({ env: process.env, home })
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
  const secret = await openSecretKey(safeStorage, home)
  if (secret.reason !== null) log.warn(secret.reason)
  const starting = spawnWorkspace({ config, secretKey: secret.key, sample: process.argv.includes('--sample'), log })
  stopBeforeQuit(starting, log)
  engine = await starting
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
