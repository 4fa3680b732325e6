import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { closeChromium, launchChromium } from './browser.ts'
import { preventable, strict } from './strict.ts'
import { openWindows } from './window-registry.ts'

interface PackageFacts {
  version: string
  productName?: string
  name: string
}
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as PackageFacts

const facts = readJson(path.join(import.meta.dirname, '../../package.json'))
const scratch = mkdtempSync(path.join(os.tmpdir(), 'electron-harness-'))

class App extends EventEmitter {
  readonly isPackaged = false
  readonly name = facts.productName ?? facts.name
  readonly electronVersion: string
  private readonly ready: Promise<void>
  private quitting = false
  private exiting = false
  private readonly paths: Record<string, string> = {
    userData: path.join(scratch, 'userData'),
    sessionData: path.join(scratch, 'userData'),
    downloads: path.join(scratch, 'downloads'),
    temp: os.tmpdir(),
    home: os.homedir(),
  }

  constructor() {
    super()
    this.electronVersion = `${readJson(createRequire(import.meta.url).resolve('electron/package.json')).version}-harness`
    // Later than the first turn of the program, which may still register schemes and set paths.
    this.ready = new Promise((resolve, reject) => {
      setImmediate(() => {
        launchChromium().then(() => {
          this.emit('ready', {})
          resolve()
        }, reject)
      })
    })
  }

  whenReady(): Promise<void> {
    return this.ready
  }

  getVersion(): string {
    return facts.version
  }

  getPath(name: string): string {
    const folder = this.paths[name]
    if (folder === undefined) throw new Error(`Failed to get '${name}' path`)
    mkdirSync(folder, { recursive: true })
    return folder
  }

  setPath(name: string, folder: string): void {
    this.paths[name] = folder
  }

  /** Each start has a folder of its own here, so there never is another instance. */
  requestSingleInstanceLock(): boolean {
    return true
  }

  /** Windows are closed first, without "window-all-closed"; a window that refuses ends the quitting. */
  quit(): void {
    if (this.quitting || this.exiting) return
    const before = preventable({})
    this.emit('before-quit', before)
    if (before.defaultPrevented) return
    this.quitting = true
    for (const window of openWindows) window.close()
    this.quitting = false
    if (openWindows.size > 0) return
    const last = preventable({})
    this.emit('will-quit', last)
    if (!last.defaultPrevented) this.exit(0)
  }

  /** The last window was closed, by itself or on the way out. */
  windowsAllClosed(): void {
    if (this.quitting) return
    if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed')
    else this.quit()
  }

  exit(code = 0): void {
    this.exiting = true
    this.emit('quit', {}, code)
    void closeChromium().finally(() => {
      rmSync(scratch, { recursive: true, force: true })
      process.exit(code)
    })
  }
}

export const app = strict('app', new App())

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit())
