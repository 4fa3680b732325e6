import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { preventable, strict } from './strict.ts'
import { WebContents } from './web-contents.ts'
import { openWindows } from './window-registry.ts'

interface Options {
  width?: number
  height?: number
  title?: string
  show?: boolean
  webPreferences?: Record<string, unknown>
}

const windows = new Set<BrowserWindow>()

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents
  private readonly options: Options
  private visible: boolean
  private destroyed = false

  static getAllWindows(): BrowserWindow[] {
    return [...windows]
  }

  static getFocusedWindow(): BrowserWindow | null {
    return [...windows].at(-1) ?? null
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...windows].find((window) => window.webContents === contents) ?? null
  }

  constructor(options: Options = {}) {
    super()
    const preferences = options.webPreferences ?? {}
    if (
      preferences['sandbox'] === false ||
      preferences['contextIsolation'] === false ||
      preferences['nodeIntegration']
    ) {
      throw new Error('The Electron harness makes sandboxed, isolated windows alone.')
    }
    this.options = options
    this.visible = options.show !== false
    const { width = 800, height = 600 } = options
    const contents = new WebContents({ ...preferences }, { width, height })
    this.webContents = contents.self
    contents.once('did-finish-load', () => this.emit('ready-to-show'))
    contents.on('harness-close', () => this.close())
    contents.on('harness-closed', () => this.destroy())
    const self = strict('BrowserWindow', this as BrowserWindow)
    windows.add(self)
    openWindows.add(self)
    this.once('closed', () => {
      windows.delete(self)
      openWindows.delete(self)
      if (openWindows.size === 0) app.windowsAllClosed()
    })
    app.emit('web-contents-created', {}, contents.self)
    return self
  }

  loadURL(address: string): Promise<void> {
    return this.webContents.loadURL(address)
  }

  show(): void {
    this.visible = true
    this.emit('show')
  }

  isVisible(): boolean {
    return this.visible
  }

  isMinimized(): boolean {
    return false
  }

  focus(): void {
    this.emit('focus')
  }

  getTitle(): string {
    return this.options.title ?? app.name
  }

  getBounds() {
    const { width = 800, height = 600 } = this.options
    return { x: 0, y: 0, width, height }
  }

  close(): void {
    const event = preventable({})
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }

  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.webContents.destroy()
    this.emit('closed')
  }
}
