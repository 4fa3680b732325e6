import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { CDPSession } from 'playwright-core'
import { createCodec } from './codec.ts'
import type { MainMessage, PageMessage } from './messages.ts'
import { installMainWorld } from './worlds/main-world.ts'
import { installPreloadWorld } from './worlds/preload-world.ts'

const worldName = 'electron-preload'
const binding = 'electronHarnessSend'

/** A page's preload world, as the main process sees it: messages in both directions, from document to document. */
export class PageLink {
  private readonly cdp: CDPSession
  private readonly frameId: string
  private contextId: number | null = null
  /** Messages for a document that is still loading. */
  private waiting: MainMessage[] = []
  onMessage: (message: PageMessage) => void = () => undefined
  /** The document went, and with it all that it had opened. */
  onGone: () => void = () => undefined

  constructor(cdp: CDPSession, frameId: string) {
    this.cdp = cdp
    this.frameId = frameId
  }

  /** Puts both worlds in place for every document that the page will show. */
  async install(preloadFile: string): Promise<void> {
    this.cdp.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId } = context.auxData as { frameId?: string }
      if (context.name !== worldName || frameId !== this.frameId) return
      this.contextId = context.id
      for (const message of this.waiting.splice(0)) this.tell(message)
    })
    this.cdp.on('Runtime.executionContextsCleared', () => this.gone())
    this.cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === this.contextId) this.gone()
    })
    this.cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === binding) this.onMessage(JSON.parse(payload) as PageMessage)
    })
    await this.cdp.send('Page.enable')
    await this.cdp.send('Runtime.addBinding', { name: binding, executionContextName: worldName })
    const prefix = `harness-${randomBytes(8).toString('hex')}-`
    await this.cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldSource(prefix) })
    const source = preloadWorldSource(prefix, await readFile(preloadFile, 'utf8'))
    await this.cdp.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName })
    await this.cdp.send('Runtime.enable')
  }

  tell(message: MainMessage): void {
    if (this.contextId === null) {
      this.waiting.push(message)
      return
    }
    const call = {
      executionContextId: this.contextId,
      functionDeclaration: 'function (message) { globalThis.electronHarnessReceive(message) }',
      arguments: [{ value: JSON.stringify(message) }],
    }
    // A document that goes while it is told something takes the message with it, as in Electron.
    this.cdp.send('Runtime.callFunctionOn', call).catch(() => undefined)
  }

  private gone(): void {
    if (this.contextId === null) return
    this.contextId = null
    this.waiting = []
    this.onGone()
  }
}

/** Only the top document of a window has a preload script: not its frames, not the blank page before the first one. */
const inTopDocument = (code: string) => `if (self === top && location.href !== 'about:blank') {\n${code}\n}`

const mainWorldSource = (prefix: string) => inTopDocument(`(${installMainWorld.toString()})(${JSON.stringify(prefix)})`)

function preloadWorldSource(prefix: string, preload: string): string {
  const { platform, versions } = process
  const args = [
    JSON.stringify(prefix),
    `(${createCodec.toString()})()`,
    JSON.stringify({ platform, versions, env: {}, type: 'renderer', sandboxed: true, contextIsolated: true }),
    `function (require, module, process) {\nconst exports = module.exports\n${preload}\n}`,
  ]
  return inTopDocument(`(${installPreloadWorld.toString()})(${args.join(', ')})`)
}
