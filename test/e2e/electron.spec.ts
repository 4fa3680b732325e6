/**
 * What Gatehouse expects of Electron, tried on the smallest program that uses it. Where the real executable is there, it
 * is held to this; elsewhere the harness is, so that the other specs mean the same on both.
 */
import { expect, test, type ElectronApplication, type Page } from '@playwright/test'
import { launchElectron } from './helpers/electron.ts'

declare global {
  interface Window {
    bridge: {
      invoke(channel: string, ...args: unknown[]): Promise<unknown>
      greeting(): string
      call(callback: (...args: unknown[]) => void): void
      fail(): void
      facts: { platform: string; sandboxed: boolean }
      modules(): string
    }
    ran?: boolean
    port?: MessagePort
    received?: unknown[]
  }
}

let app: ElectronApplication
let page: Page

test.beforeAll(async () => {
  app = await launchElectron('test/electron-harness/test-app/main.mjs')
  page = await app.firstWindow()
  await page.waitForFunction(() => window.ran === true)
})
test.afterAll(() => app.close())

const seen = () => page.evaluate(() => window.bridge.invoke('seen'))

test('the page gets a frozen bridge, and nothing of Node or of Electron', async () => {
  const facts = await page.evaluate(() => ({
    frozen: Object.isFrozen(window.bridge) && Object.isFrozen(window.bridge.facts),
    writable: Object.getOwnPropertyDescriptor(window, 'bridge')?.writable,
    platform: window.bridge.facts.platform,
    sandboxed: window.bridge.facts.sandboxed,
    modules: window.bridge.modules(),
    leaked: ['require', 'process', 'module', 'ipcRenderer', 'electronHarnessSend', 'electronHarnessReceive'].filter(
      (name) => name in window,
    ),
  }))
  expect(facts).toEqual({
    frozen: true,
    writable: false,
    platform: process.platform,
    sandboxed: true,
    modules: 'refused',
    leaked: [],
  })
})

test('calls carry values both ways, and their errors', async () => {
  const echoed = await page.evaluate(async () => {
    const value = { at: new Date(5), bytes: new Uint8Array([1, 255]), none: undefined, list: [null, 1.5, 'é'] }
    const back = (await window.bridge.invoke('echo', value)) as typeof value
    return [back.at instanceof Date && back.at.getTime(), [...back.bytes], 'none' in back, back.list]
  })
  expect(echoed).toEqual([5, [1, 255], true, [null, 1.5, 'é']])
  const errors = await page.evaluate(async () => {
    const messageOf = (error: unknown) => (error instanceof Error ? error.message : '')
    const thrown = () => {
      try {
        window.bridge.fail()
        return ''
      } catch (error) {
        return messageOf(error)
      }
    }
    return [await window.bridge.invoke('fail').catch(messageOf), thrown()]
  })
  expect(errors).toEqual(["Error invoking remote method 'fail': Error: on purpose", 'at once'])
  await expect.poll(() => page.evaluate(() => window.bridge.greeting())).toBe('hello')
  const called = await page.evaluate(() => new Promise((resolve) => window.bridge.call((...args) => resolve(args))))
  expect(called).toEqual([1, 'two'])
})

test('the main process knows which frame calls', async () => {
  expect(await page.evaluate(() => window.bridge.invoke('sender'))).toEqual(['app://test', true])
})

test('a port passes into the page, loses nothing, and closes both ways', async () => {
  const open = () =>
    page.evaluate(async () => {
      const arrived = new Promise<MessagePort>((resolve) => {
        const onMessage = (event: MessageEvent) => {
          const [port] = event.ports
          if (event.source === window && event.data === 'port' && port) resolve(port)
        }
        window.addEventListener('message', onMessage)
      })
      await window.bridge.invoke('port')
      const port = await arrived
      const received: unknown[] = []
      port.addEventListener('message', (event) => received.push(event.data))
      port.addEventListener('close', () => received.push('closed'))
      port.start()
      Object.assign(window, { port, received })
      port.postMessage({ text: 'ping' })
    })
  const received = () => page.evaluate(() => window.received)

  await open()
  await expect.poll(received).toEqual(['first', { back: { text: 'ping' } }])
  await page.evaluate(() => window.port?.postMessage('close'))
  await expect.poll(received).toEqual(['first', { back: { text: 'ping' } }, 'closed'])

  await open()
  const closed = async () => ((await seen()) as string[]).filter((text) => text === 'port closed').length
  const before = await closed()
  await page.evaluate(() => window.port?.close())
  await expect.poll(closed).toBe(before + 1)
})

test('navigation and new windows ask first', async () => {
  await page.evaluate(() => {
    location.href = 'https://example.com/away'
  })
  await expect.poll(seen).toContain('navigate https://example.com/away')
  await page.evaluate(() => void window.open('https://example.com/new'))
  await expect.poll(seen).toContain('open https://example.com/new')
  await expect.poll(() => app.windows().length).toBe(1)
  expect(await page.evaluate(() => window.bridge.greeting())).toBe('hello')
})

test('permissions are as the handlers say', async () => {
  const state = (permission: string) =>
    page.evaluate(
      async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
      permission,
    )
  expect(await state('geolocation')).toBe('denied')
  expect(await state('camera')).toBe('denied')
  expect(await state('clipboard-write')).toBe('granted')
})

test('answers of the protocol keep their status and headers', async () => {
  const facts = await page.evaluate(async () => {
    const image = new Image()
    const violated = new Promise((resolve) =>
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
        once: true,
      }),
    )
    image.src = 'picture.png'
    return { violated: await violated, secure: isSecureContext }
  })
  expect(facts).toEqual({ violated: 'img-src', secure: true })
})
