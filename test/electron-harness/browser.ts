import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { chromium, type BrowserContext } from 'playwright-core'
import { findTool } from '../../scripts/lib/native-tools.mjs'

let context: BrowserContext | null = null

/** The context in which all windows are pages. Throws before the application is ready, as BrowserWindow does. */
export function chromiumContext(): BrowserContext {
  if (context === null) throw new Error('Cannot create BrowserWindow before app is ready')
  return context
}

/** Starts Chromium and prints the line by which Playwright finds its debugging port. */
export async function launchChromium(): Promise<void> {
  const port = await freePort()
  const browser = await chromium.launch({
    executablePath: findTool('chromium') ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Electron's Chromium has this event (electron/electron#22532); elsewhere it waits behind a switch.
      '--enable-blink-features=MessagePortCloseEvent',
      `--remote-debugging-port=${port}`,
    ],
  })
  context = await browser.newContext({ viewport: null, serviceWorkers: 'block' })
  const response = await fetch(`http://127.0.0.1:${port}/json/version`)
  const { webSocketDebuggerUrl } = (await response.json()) as { webSocketDebuggerUrl: string }
  process.stderr.write(`DevTools listening on ${webSocketDebuggerUrl}\n`)
}

export async function closeChromium(): Promise<void> {
  await context?.browser()?.close()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
