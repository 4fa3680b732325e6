import { EventEmitter } from 'node:events'
import type { CDPSession, Page, Route } from 'playwright-core'
import { chromiumContext } from './browser.ts'
import { createCodec } from './codec.ts'
import { ipcMain } from './ipc-main.ts'
import type { PageMessage } from './messages.ts'
import { PageLink } from './page-link.ts'
import type { FarEnd, MessagePortMain } from './ports.ts'
import { answerRequest, fromChromium, toChromium } from './protocol.ts'
import { applyPermissions } from './session.ts'
import { preventable, strict } from './strict.ts'

type OpenHandler = (details: { url: string; disposition: string }) => { action: 'allow' | 'deny' }

const codec = createCodec()
let lastId = 0

/** What a window shows: a page of Chromium, with the preload script in its isolated world. */
export class WebContents extends EventEmitter {
  readonly id = ++lastId
  targetId = ''
  private readonly preferences: Readonly<Record<string, unknown>>
  private readonly attached: Promise<{ page: Page; link: PageLink; cdp: CDPSession }>
  private page: Page | null = null
  private readonly ports = new Map<string, FarEnd>()
  private openHandler: OpenHandler = () => ({ action: 'allow' })
  /** Addresses that the program itself loads: these do not ask the page's guards. */
  private readonly own = new Set<string>()
  private destroyed = false

  constructor(preferences: Readonly<Record<string, unknown>>, size: { width: number; height: number }) {
    super()
    this.preferences = preferences
    this.attached = this.attach(size)
    this.attached.catch((error: unknown) => this.emit('harness-failure', error))
  }

  private async attach(size: { width: number; height: number }) {
    const page = await chromiumContext().newPage()
    const cdp = await chromiumContext().newCDPSession(page)
    this.page = page
    this.targetId = (await cdp.send('Target.getTargetInfo')).targetInfo.targetId
    const frameId = (await cdp.send('Page.getFrameTree')).frameTree.frame.id
    const link = new PageLink(cdp, frameId)
    link.onMessage = (message) => void this.receive(message, link)
    link.onGone = () => this.closePorts()
    await link.install(String(this.preferences['preload']))
    await applyPermissions(cdp, this.self, 'harness')
    await cdp.send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false })
    cdp.on('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId === undefined) this.emit('did-navigate', {}, fromChromium(frame.url))
    })
    this.guardPopups(page, cdp)
    page.on('load', () => this.emit('did-finish-load'))
    page.on('close', () => this.emit('harness-closed'))
    await page.route('**/*', (route) => this.route(route, page))
    return { page, link, cdp }
  }

  /** Chromium opens the page before anybody can refuse it, so a refused one is closed at once. */
  private guardPopups(page: Page, cdp: CDPSession): void {
    const decisions: boolean[] = []
    cdp.on('Page.windowOpen', ({ url }) => {
      const { action } = this.openHandler({ url: fromChromium(url), disposition: 'new-window' })
      if (action === 'allow') throw new Error('The Electron harness opens no window for window.open.')
      decisions.push(false)
    })
    page.on('popup', (popup) => {
      if (decisions.shift() === false) void popup.close()
    })
  }

  private async route(route: Route, page: Page): Promise<void> {
    const request = route.request()
    const address = fromChromium(request.url())
    if (request.isNavigationRequest() && !this.own.delete(request.url())) {
      const details = preventable({ url: address, isMainFrame: request.frame() === page.mainFrame() })
      this.emit('will-frame-navigate', details)
      if (details.defaultPrevented) return route.abort('aborted')
    }
    const asked = new Request(request.url(), { method: request.method() })
    const response = await answerRequest(asked, address)
    // A real window could reach the network here, were it not for its policy; this one never does.
    if (response === null) return route.abort('addressunreachable')
    const body = Buffer.from(await response.arrayBuffer())
    return route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body })
  }

  private async receive(message: PageMessage, link: PageLink): Promise<void> {
    if (message.type === 'port') return this.ports.get(message.id)?.receive(codec.decode(message.data))
    if (message.type === 'port-close') {
      const port = this.ports.get(message.id)
      this.ports.delete(message.id)
      return port?.closed()
    }
    const event = { sender: this.self, senderFrame: this.mainFrame }
    const args = codec.decode(message.args) as unknown[]
    if (message.type === 'send') return void ipcMain.emit(message.channel, event, ...args)
    try {
      const value = codec.encode(await ipcMain.answer(message.channel, event, args))
      link.tell({ type: 'reply', id: message.id, value })
    } catch (error) {
      const text = `Error invoking remote method '${message.channel}': ${String(error)}`
      link.tell({ type: 'failure', id: message.id, message: text })
    }
  }

  /** The one top frame: the preload script runs in no other. */
  get mainFrame() {
    const url = this.getURL()
    const frame = {
      url,
      origin: url.split('/').slice(0, 3).join('/'),
      parent: null,
      postMessage: (channel: string, message: unknown, transfer: MessagePortMain[] = []) =>
        void this.post(channel, [message], transfer),
    }
    return strict('webFrameMain', frame)
  }

  send(channel: string, ...args: unknown[]): void {
    void this.post(channel, args, [])
  }

  private async post(channel: string, args: unknown[], transfer: MessagePortMain[]): Promise<void> {
    const { link } = await this.attached
    const ids = transfer.map(() => `main-${++lastId}`)
    link.tell({ type: 'event', channel, args: codec.encode(args), ports: ids })
    for (const [index, port] of transfer.entries()) {
      const id = ids[index] ?? ''
      const inPage: FarEnd = {
        receive: (data) => link.tell({ type: 'port', id, data: codec.encode(data) }),
        closed: () => {
          this.ports.delete(id)
          link.tell({ type: 'port-close', id })
        },
      }
      this.ports.set(id, port.moveTo(inPage))
    }
  }

  private closePorts(): void {
    const open = [...this.ports.values()]
    this.ports.clear()
    for (const port of open) port.closed()
  }

  async loadURL(address: string): Promise<void> {
    const { page } = await this.attached
    const url = toChromium(address)
    this.own.add(url)
    await page.goto(url)
  }

  getURL(): string {
    return fromChromium(this.page?.url() ?? '')
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }

  getLastWebPreferences(): Readonly<Record<string, unknown>> {
    return this.preferences
  }

  isDestroyed(): boolean {
    return this.destroyed
  }

  close(): void {
    this.emit('harness-close')
  }

  /** The window is gone. */
  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.closePorts()
    this.emit('destroyed')
    // Closed already where it was the page that went first.
    this.page?.close().catch(() => undefined)
  }

  /** What the program gets to see of this object. */
  readonly self: WebContents = strict('webContents', this)
}
